package dev.sdlora.server.job;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.server.trace.Origin;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Receives the progress of work. Safe for use by several threads, and fast; reports after the end
 * of the job are ignored.
 */
public interface JobProgress {
  /** The work has begun, after any waiting of its own. The job's clock starts here. */
  void begun();

  /** The next part has begun. */
  void partBegun();

  /**
   * A step of the current part is done.
   *
   * @param number the step, counted from 1
   * @param total the steps of the part
   * @param preview a preview of the unfinished image
   */
  void step(int number, int total, Optional<BufferedImage> preview);

  /** An image is finished. */
  default void image(GeneratedImage image) {
    image(JobImage.of(image));
  }

  /** An image is finished. */
  void image(JobImage image);

  /** Another process has chosen a preview to keep; see {@link Job.Request#keptPreviews}. */
  void keptPreview(BufferedImage preview);

  /** A client of another process has ended the work; finished images stay. */
  void interrupted();

  /** {@link Work#details} has changed. */
  void changed();

  /** A phase of the work is over. */
  default void passed(Phase.Passed phase) {}

  /** Marks the log lines of this thread as those of the job until the scope is closed. */
  default Origin.Scope logged() {
    return () -> {};
  }
}
