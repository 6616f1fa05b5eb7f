package dev.sdlora.server.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.lora.LoraReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a job does: draws images, say, or trains a LoRA. Its methods are called by several threads;
 * {@link #start} once at most.
 */
public interface Work {
  /** What people know it by: a prompt, a name. */
  String title();

  /** How many parts it has that each make steps, such as images; at least 1. */
  int parts();

  /** Beside what it may run. */
  default Lane lane() {
    return Lane.DRAWING;
  }

  /**
   * Begins, and returns without waiting.
   *
   * @param progress is told how far it is
   * @return completes when it is over, also after {@link #cancel}: then with any exception
   */
  CompletableFuture<Outcome> start(Progress progress);

  /** Ends soon, within a step. It may be called before {@link #start}, or at the end. */
  void cancel();

  /**
   * Ends soon, as {@link #cancel}, but keeps the part under way as it is, where that makes sense.
   */
  default void interrupt() {
    cancel();
  }

  /** Leaves the part under way out and goes on with the next, where that makes sense. */
  default void skip() {}

  /** What there is to tell beyond what all jobs have; it becomes {@code details} of the answer. */
  default Optional<ObjectNode> details() {
    return Optional.empty();
  }

  /**
   * Estimates the heap that it holds besides what its job does: images to start from, results of
   * its own.
   *
   * @return bytes
   */
  default long heldBytes() {
    return 0;
  }

  /**
   * Drops what only the work needed. The job has ended; {@link #start} may not have been called.
   */
  default void release() {}

  /** Jobs of one lane wait for each other alone. */
  enum Lane {
    /** What asks the pipeline for images: as many at once as it draws at once. */
    DRAWING,
    /** What may take hours: one at a time, beside the images. */
    TRAINING
  }

  /**
   * What is known when all is done; images have been told to {@link Progress#image} by then.
   *
   * @param warnings what was passed over
   * @param loras what became of the LoRAs
   */
  record Outcome(List<String> warnings, List<LoraReport> loras) {
    /** Nothing to tell. */
    public static final Outcome NOTHING = new Outcome(List.of(), List.of());

    /** Copies the lists. */
    public Outcome {
      warnings = List.copyOf(warnings);
      loras = List.copyOf(loras);
    }
  }
}
