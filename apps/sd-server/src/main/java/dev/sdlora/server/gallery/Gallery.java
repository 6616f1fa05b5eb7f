package dev.sdlora.server.gallery;

import dev.sdlora.request.image.ImageLookup;
import java.util.List;
import java.util.Optional;

/** A source of the gallery's images. Safe for use by several threads. */
public interface Gallery extends ImageLookup {
  /** Returns the current images, newest first. */
  List<GalleryImage> newestFirst();

  /** Returns the image with the given name. */
  Optional<GalleryImage> image(String name);

  /**
   * Deletes an image permanently.
   *
   * @return whether it existed
   */
  boolean delete(String name);
}
