package dev.sdlora.server.gallery;

import dev.sdlora.request.PictureSource;
import java.util.List;
import java.util.Optional;

/** Where the pictures of a gallery come from. Safe for use by several threads. */
public interface Gallery extends PictureSource {
  /** What there is at the moment, the newest first. */
  List<Pictured> newestFirst();

  /** What there is by that name. */
  Optional<Pictured> picture(String name);

  /**
   * Takes a picture out for good.
   *
   * @return whether it was there
   */
  boolean delete(String name);
}
