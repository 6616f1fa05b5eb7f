package dev.sdlora.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The remaining work of a manifest, in order. Requests with the same checkpoint and the same LoRAs
 * are grouped, because changing weights takes longer than drawing some images. Checkpoints, LoRA
 * sets and the requests of a set keep the order in which they first appear in the manifest.
 *
 * @param work requests to draw
 * @param there requests whose images exist
 * @param failed requests that failed in an earlier run, and those that are invalid
 */
public record BatchPlan(
    List<BatchRequest> work, List<BatchRequest> there, List<BatchRequest> failed) {
  /**
   * Copies the lists.
   *
   * @param work requests to draw, in order
   * @param there requests whose images exist
   * @param failed requests that are not tried again
   */
  public BatchPlan {
    work = List.copyOf(work);
    there = List.copyOf(there);
    failed = List.copyOf(failed);
  }

  /** Sorts requests into the order of work. */
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

  /** A newly loaded checkpoint has no LoRAs, so requests without LoRAs come first. */
  private static Map<List<String>, List<BatchRequest>> setsOfOne() {
    Map<List<String>, List<BatchRequest>> sets = new LinkedHashMap<>();
    sets.put(List.of(), new ArrayList<>());
    return sets;
  }

  /** {@return the number of requests in the manifest} */
  public int requests() {
    return work.size() + there.size() + failed.size();
  }

  /** {@return the number of times that a checkpoint will be loaded} */
  public int checkpointLoads() {
    return switches().checkpointLoads();
  }

  /**
   * {@return the number of times that the set of LoRAs will change} The empty set counts too, but a
   * newly loaded checkpoint already has it.
   */
  public int loraSwitches() {
    return switches().loraSwitches();
  }

  private SwitchCount switches() {
    SwitchCount switches = new SwitchCount();
    work.forEach(switches::count);
    return switches;
  }
}
