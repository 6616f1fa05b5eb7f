package dev.sdlora.batch;

import java.util.List;
import java.util.Optional;

/** Counts changes of checkpoints and LoRAs between requests. */
final class SwitchCount {
  private Optional<Optional<String>> checkpoint = Optional.empty();
  private List<String> loras = List.of();
  private int checkpointLoads;
  private int loraSwitches;

  /** Counts the next request. */
  void count(BatchRequest request) {
    if (!checkpoint.equals(Optional.of(request.checkpoint()))) {
      checkpoint = Optional.of(request.checkpoint());
      loras = List.of();
      checkpointLoads++;
    }
    if (!loras.equals(request.loras())) {
      loras = request.loras();
      loraSwitches++;
    }
  }

  int checkpointLoads() {
    return checkpointLoads;
  }

  int loraSwitches() {
    return loraSwitches;
  }
}
