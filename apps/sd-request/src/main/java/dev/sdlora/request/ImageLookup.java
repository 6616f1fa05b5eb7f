package dev.sdlora.request;

import java.util.Optional;

/** Where requests find images by name. Safe for use by several threads. */
@FunctionalInterface
public interface ImageLookup {
  /**
   * The bytes of an image's file.
   *
   * @param name as it stands behind the colon of a reference; it comes from outside and is looked
   *     up, never made into a path
   */
  Optional<byte[]> find(String name);
}
