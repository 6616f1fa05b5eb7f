package dev.sdlora.request.image;

import java.util.Optional;

/** Finds images that requests refer to by name. Safe for use by several threads. */
@FunctionalInterface
public interface ImageLookup {
  /**
   * Returns the bytes of an image file.
   *
   * @param name the text after the colon of a reference; it is untrusted and only looked up, never
   *     made into a path
   */
  Optional<byte[]> find(String name);
}
