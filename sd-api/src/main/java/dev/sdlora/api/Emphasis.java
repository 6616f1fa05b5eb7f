package dev.sdlora.api;

import dev.sdlora.api.value.Labels;
import java.util.Objects;

/**
 * The effect of the weights in {@code (words:1.2)} and {@code [words]}; A1111's "Emphasis mode".
 */
public enum Emphasis {
  /**
   * Each token's vector is multiplied by its weight; then all are scaled to restore their mean. The
   * default.
   */
  ORIGINAL("Original"),
  /** Each token's vector is multiplied by its weight; recommended for SDXL. */
  NO_NORM("No norm"),
  /** Brackets and weights are parsed, but every weight is 1. */
  IGNORE("Ignore"),
  /** Brackets, weights and {@code BREAK} are plain text. */
  NONE("None");

  private final String label;

  Emphasis(String label) {
    this.label = label;
  }

  /** {@return the name that A1111 shows and writes into images} */
  public String label() {
    return label;
  }

  /**
   * Finds a mode by its name.
   *
   * @param name the label or constant name, ignoring case, spaces and punctuation
   * @return the mode
   * @throws IllegalArgumentException if the name is unknown; the message lists all modes
   */
  public static Emphasis parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), Emphasis::label, "emphasis", name);
  }
}
