package dev.sdlora.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is left to do of a manifest, and in which order: requests of one checkpoint and one set of
 * LoRAs stand together, since weights take longer to change than some images to draw. Checkpoints,
 * sets and the requests of a set are in the order in which the manifest names them first.
 *
 * @param work what is to be drawn
 * @param there whose images are in the folder
 * @param failed what failed in an earlier run, and what cannot be asked for at all
 */
public record BatchPlan(
    List<BatchRequest> work, List<BatchRequest> there, List<BatchRequest> failed) {
  /**
   * Copies the lists.
   *
   * @param work what is to be drawn, in order
   * @param there what is there
   * @param failed what is not tried again
   */
  public BatchPlan {
    work = List.copyOf(work);
    there = List.copyOf(there);
    failed = List.copyOf(failed);
  }

  /** Puts requests into the order of work. */
  static List<BatchRequest> ordered(List<BatchRequest> requests) {
    Map<Optional<String>, Map<List<String>, List<BatchRequest>>> groups = new LinkedHashMap<>();
    for (BatchRequest request : requests) {
      groups
          .computeIfAbsent(request.checkpoint(), checkpoint -> setsOfOne())
          .computeIfAbsent(request.loras(), loras -> new ArrayList<>())
          .add(request);
    }
    List<BatchRequest> ordered = new ArrayList<>();
    groups.values().forEach(sets -> sets.values().forEach(ordered::addAll));
    return ordered;
  }

  /** A checkpoint that has just been loaded has no LoRAs. */
  private static Map<List<String>, List<BatchRequest>> setsOfOne() {
    Map<List<String>, List<BatchRequest>> sets = new LinkedHashMap<>();
    sets.put(List.of(), new ArrayList<>());
    return sets;
  }

  /** {@return how many requests the manifest makes} */
  public int requests() {
    return work.size() + there.size() + failed.size();
  }

  /** {@return how many times a checkpoint will be loaded} */
  public int checkpointLoads() {
    return switches().checkpointLoads();
  }

  /**
   * {@return how many times the weights will get another set of LoRAs} None at all is a set too; a
   * checkpoint has it when it has been loaded.
   */
  public int loraSwitches() {
    return switches().loraSwitches();
  }

  private Switches switches() {
    Switches switches = new Switches();
    work.forEach(switches::count);
    return switches;
  }
}
