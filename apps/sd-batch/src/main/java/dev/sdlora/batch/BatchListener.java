package dev.sdlora.batch;

import java.time.Duration;
import java.util.Optional;

/**
 * Is told how far a batch is, on the thread that draws, which waits for it. What it throws ends the
 * batch.
 */
public interface BatchListener {
  /** Does nothing. */
  BatchListener NONE = new BatchListener() {};

  /**
   * How far a batch is.
   *
   * @param request what is being drawn
   * @param step how many steps of it are done, from 0
   * @param steps how many it has; 0 before the first is done
   * @param finished how many requests this run has finished, failures included
   * @param total how many it set out to do
   * @param left how long the rest will take, if its steps and pixels take as long as those before;
   *     empty before the first step
   */
  record Progress(
      BatchRequest request,
      int step,
      int steps,
      int finished,
      int total,
      Optional<Duration> left) {}

  /**
   * The manifest has been read, and the folder looked at.
   *
   * @param plan what is to be done
   */
  default void planned(BatchPlan plan) {}

  /**
   * A request has begun, or a step of it is done.
   *
   * @param progress how far it is
   */
  default void progress(Progress progress) {}

  /**
   * A request is finished, and its result is on the disk.
   *
   * @param result an image or an error
   */
  default void result(BatchResult result) {}
}
