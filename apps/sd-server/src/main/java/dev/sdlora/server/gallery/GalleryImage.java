package dev.sdlora.server.gallery;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * An image of a gallery.
 *
 * @param name the unique name
 * @param infotext its settings in A1111's text form; empty if it has none
 * @param searched the text that searches match
 */
public record GalleryImage(
    String name, Instant time, int width, int height, String infotext, String searched) {

  /** Creates an image that can be found by its name and settings. */
  static GalleryImage of(String name, Instant time, int width, int height, String infotext) {
    String searched = (name + "\n" + infotext).toLowerCase(Locale.ROOT);
    return new GalleryImage(name, time, width, height, infotext, searched);
  }

  GalleryImage withoutParameters() {
    return of(name, time, width, height, "");
  }

  /** Whether its name and settings contain all words of a search, in any case and order. */
  boolean has(String search) {
    return Arrays.stream(search.toLowerCase(Locale.ROOT).split("\\s+"))
        .allMatch(searched::contains);
  }
}
