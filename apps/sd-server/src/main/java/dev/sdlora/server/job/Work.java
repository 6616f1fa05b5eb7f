package dev.sdlora.server.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The work of a job, such as drawing images or training a LoRA. Its methods are called by several
 * threads; {@link #start} at most once.
 */
public interface Work {
  /** Returns the title for people: a prompt or a name. */
  String title();

  /** Returns the name of the checkpoint that draws; empty if none does, or another process. */
  default Optional<String> checkpoint() {
    return Optional.empty();
  }

  /** Returns the number of parts that each consist of steps, such as images; at least 1. */
  int parts();

  /** Returns the lane; jobs wait only for others of their lane. */
  default Lane lane() {
    return Lane.DRAWING;
  }

  /**
   * Starts the work and returns immediately.
   *
   * @param progress receives the progress
   * @return completes when the work is over; with any exception after {@link #cancel}
   */
  CompletableFuture<Outcome> start(JobProgress progress);

  /** Ends the work soon, within a step. May be called before {@link #start} or after the end. */
  void cancel();

  /**
   * Ends the work soon, like {@link #cancel}, but keeps the current part unfinished where that
   * makes sense.
   */
  default void interrupt() {
    cancel();
  }

  /** Skips the current part and continues with the next where that makes sense. */
  default void skip() {}

  /** Returns additional information, sent as {@code details} of the job. */
  default Optional<ObjectNode> details() {
    return Optional.empty();
  }

  /**
   * Estimates the heap held by the work: start images and results of its own.
   *
   * @return bytes
   */
  default long heldBytes() {
    return 0;
  }

  /**
   * Releases what only the work needed, after the end of the job; {@link #start} may not have been
   * called.
   */
  default void release() {}

  /** Whether another process does the work, which saves and counts its images, or none does. */
  default boolean isElsewhere() {
    return false;
  }

  /**
   * Moves waiting work of the lane {@link Lane#SHARED}, before the queue shows it.
   *
   * @param place its new place; smaller ones are next
   */
  default void move(double place) {}

  /** Returns a preview of work that another process does. */
  default Optional<BufferedImage> preview() {
    return Optional.empty();
  }

  /** Whether nobody waits for the work after the end of this process. */
  default boolean endsWithProcess() {
    return true;
  }

  /** Returns the PNG files of the parts that are finished, if they are kept next to the image. */
  default List<byte[]> cells() {
    return List.of();
  }

  /** Returns the PNG file of a finished part, counted from 0, if it is kept next to the image. */
  default Optional<byte[]> cell(int number) {
    List<byte[]> all = cells();
    return number < 0 || number >= all.size() ? Optional.empty() : Optional.of(all.get(number));
  }

  /** Called when a client has removed the ended job. */
  default void forgotten() {}

  /** Groups of jobs that wait only for each other. */
  enum Lane {
    /** Jobs in a database that several servers share; the database says which one is next. */
    SHARED,

    /** Draws images with the pipeline, as many jobs at once as the pipeline allows. */
    DRAWING,
    /** May take hours; one at a time, in parallel with drawing. */
    TRAINING
  }

  /**
   * The result of finished work; images have been reported to {@link JobProgress#image} by then.
   *
   * @param warnings parts of the request that had no effect
   * @param loras the report of each LoRA as JSON
   */
  record Outcome(List<String> warnings, List<JsonNode> loras) {
    /** No warnings and no LoRAs. */
    public static final Outcome NOTHING = new Outcome(List.of(), List.of());

    /** Copies the lists. */
    public Outcome {
      warnings = List.copyOf(warnings);
      loras = List.copyOf(loras);
    }
  }
}
