package dev.sdlora.server.gallery;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * A picture of a gallery.
 *
 * @param name by which it is asked for; no other has it
 * @param parameters its settings in A1111's text form
 */
public record Pictured(String name, Instant time, int width, int height, String parameters) {

  /** Whether its name and settings have all words of a search, in any case and order. */
  boolean has(String search) {
    String text = (name + "\n" + parameters).toLowerCase(Locale.ROOT);
    return Arrays.stream(search.toLowerCase(Locale.ROOT).split("\\s+")).allMatch(text::contains);
  }
}
