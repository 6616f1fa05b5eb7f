package dev.sdlora.batch;

import java.util.List;
import java.util.Optional;

/** Counts what changes from one drawn request to the next. */
final class Switches {
  private Optional<Optional<String>> checkpoint = Optional.empty();
  private List<String> loras = List.of();
  private int checkpointLoads;
  private int loraSwitches;

  /** Counts a request that is drawn next. */
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
