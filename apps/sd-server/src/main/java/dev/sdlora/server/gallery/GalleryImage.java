package dev.sdlora.server.gallery;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * An image of a gallery.
 *
 * @param name by which it is asked for; no other has it
 * @param infotext its settings in A1111's text form; empty if it has none
 * @param searched what a search looks at
 */
public record GalleryImage(
    String name, Instant time, int width, int height, String infotext, String searched) {

  /** An image that is found by its name and settings. */
  static GalleryImage of(String name, Instant time, int width, int height, String infotext) {
    String searched = (name + "\n" + infotext).toLowerCase(Locale.ROOT);
    return new GalleryImage(name, time, width, height, infotext, searched);
  }

  GalleryImage withoutParameters() {
    return of(name, time, width, height, "");
  }

  /** Whether its name and settings have all words of a search, in any case and order. */
  boolean has(String search) {
    return Arrays.stream(search.toLowerCase(Locale.ROOT).split("\\s+"))
        .allMatch(searched::contains);
  }
}
