package dev.sdlora.server.gallery;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * A picture of a gallery.
 *
 * @param name by which it is asked for; no other has it
 * @param parameters its settings in A1111's text form; empty if it has none
 * @param searched what a search looks at
 */
public record Pictured(
    String name, Instant time, int width, int height, String parameters, String searched) {

  /** A picture that is found by its name and settings. */
  static Pictured of(String name, Instant time, int width, int height, String parameters) {
    String searched = (name + "\n" + parameters).toLowerCase(Locale.ROOT);
    return new Pictured(name, time, width, height, parameters, searched);
  }

  Pictured withoutParameters() {
    return of(name, time, width, height, "");
  }

  /** Whether its name and settings have all words of a search, in any case and order. */
  boolean has(String search) {
    return Arrays.stream(search.toLowerCase(Locale.ROOT).split("\\s+"))
        .allMatch(searched::contains);
  }
}
