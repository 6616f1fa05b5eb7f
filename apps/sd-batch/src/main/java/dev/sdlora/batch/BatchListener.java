package dev.sdlora.batch;

import java.time.Duration;
import java.util.Optional;

/**
 * Receives the progress of a batch on the thread that draws, which waits for it. An exception ends
 * the batch.
 */
public interface BatchListener {
  /** Does nothing. */
  BatchListener NONE = new BatchListener() {};

  /**
   * The progress of a batch.
   *
   * @param request the current request
   * @param step the finished steps of the request, from 0
   * @param steps the steps of the request; 0 before the first is finished
   * @param finished the number of requests that this run has finished, including failures
   * @param total the number of requests planned for this run
   * @param left the estimated remaining time, from the time per step and pixel so far; empty before
   *     the first step
   */
  record Progress(
      BatchRequest request,
      int step,
      int steps,
      int finished,
      int total,
      Optional<Duration> left) {}

  /**
   * Called when the manifest and the folder have been read.
   *
   * @param plan the planned work
   */
  default void planned(BatchPlan plan) {}

  /**
   * Called when a request begins, and after each of its steps.
   *
   * @param progress the progress
   */
  default void progress(Progress progress) {}

  /**
   * Called when a request is finished and its result is saved.
   *
   * @param result an image or an error
   */
  default void result(BatchResult result) {}
}
