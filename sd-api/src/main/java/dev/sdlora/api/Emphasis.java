package dev.sdlora.api;

import dev.sdlora.api.value.Labels;
import java.util.Objects;

/** What the weights of {@code (words:1.2)} and {@code [words]} do; A1111's "Emphasis mode". */
public enum Emphasis {
  /**
   * Each token's vector is multiplied by its weight, then all are scaled so that their mean stays
   * as it was. The default.
   */
  ORIGINAL("Original"),
  /** Each token's vector is multiplied by its weight; recommended for SDXL. */
  NO_NORM("No norm"),
  /** Brackets and weights are read, but every weight is 1. */
  IGNORE("Ignore"),
  /** Brackets and weights are text like any other, and so is {@code BREAK}. */
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
   * @param name the label or constant name; case, spaces and punctuation do not matter
   * @return the mode
   * @throws IllegalArgumentException if there is no such mode; the message lists all
   */
  public static Emphasis parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), Emphasis::label, "emphasis", name);
  }
}
