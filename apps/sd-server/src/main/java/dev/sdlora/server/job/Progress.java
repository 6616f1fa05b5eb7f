package dev.sdlora.server.job;

import dev.sdlora.api.GeneratedImage;
import java.awt.image.BufferedImage;
import java.util.Optional;

/**
 * Where work tells how far it is. Safe for use by several threads, and quick; what comes after the
 * end of the job is not heard.
 */
public interface Progress {
  /** It has begun: what it waited for itself is over. The clock of the job runs from here. */
  void begun();

  /** The next of its parts begins. */
  void partBegun();

  /**
   * A step of this part is done.
   *
   * @param number counted from 1
   * @param look at the unfinished image
   */
  void step(int number, int total, Optional<BufferedImage> look);

  /** An image is finished. */
  void image(GeneratedImage image);

  /** There is something new in {@link Work#details}. */
  void changed();
}
