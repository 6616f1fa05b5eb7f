package dev.sdlora.request;

import java.util.Optional;

/** Where requests find pictures by name. Safe for use by several threads. */
@FunctionalInterface
public interface PictureSource {
  /**
   * The bytes of a picture's file.
   *
   * @param name as it stands behind the colon of a reference; it comes from outside and is looked
   *     up, never made into a path
   */
  Optional<byte[]> find(String name);
}
