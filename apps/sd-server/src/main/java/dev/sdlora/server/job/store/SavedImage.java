package dev.sdlora.server.job.store;

import dev.sdlora.server.job.JobImage;
import java.util.Optional;

/**
 * An image that the database can take.
 *
 * @param image the image
 * @param key its key in the results; empty if the database keeps the file
 */
public record SavedImage(JobImage image, Optional<String> key) {
  /** Returns the file for the database. */
  Optional<byte[]> png() {
    return key.isPresent() ? Optional.empty() : Optional.of(image.png());
  }
}
