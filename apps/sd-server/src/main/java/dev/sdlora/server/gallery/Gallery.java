package dev.sdlora.server.gallery;

import dev.sdlora.request.ImageLookup;
import java.util.List;
import java.util.Optional;

/** Where the images of a gallery come from. Safe for use by several threads. */
public interface Gallery extends ImageLookup {
  /** What there is at the moment, the newest first. */
  List<GalleryImage> newestFirst();

  /** What there is by that name. */
  Optional<GalleryImage> image(String name);

  /**
   * Takes an image out for good.
   *
   * @return whether it was there
   */
  boolean delete(String name);
}
