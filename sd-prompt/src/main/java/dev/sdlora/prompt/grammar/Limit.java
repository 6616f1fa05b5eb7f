package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import java.util.Locale;

/** Enforces the {@link dev.sdlora.api.PromptLimits} of a prompt. */
public final class Limit {
  private Limit() {}

  /**
   * Throws if a prompt exceeds a limit.
   *
   * @param found the number found in the prompt
   * @param most the limit
   * @param what the beginning of the message up to the number, such as "the prompt has"
   * @param unit the unit of the number, which also names the limit
   * @throws PromptSyntaxException if the limit is exceeded
   */
  public static void check(long found, int most, String what, Unit unit) {
    if (found > most) {
      throw new PromptSyntaxException(
          what + " " + found + " " + unit.words + ", but " + unit.limit(most), 0);
    }
  }

  /**
   * Returns the exception for a count that stopped at the limit.
   *
   * @param what the beginning of the message up to the number
   */
  public static PromptSyntaxException exceeded(int most, String what, Unit unit) {
    return new PromptSyntaxException(
        what + " more than " + most + " " + unit.words + ", but " + unit.limit(most), 0);
  }

  /** The units of the limits. */
  public enum Unit {
    CHARACTERS("characters"),
    PARTS("parts joined by AND"),
    LORAS("LoRAs and hypernetworks"),
    TEXTS("characters of distinct texts over its steps"),
    CHUNKS("chunks of 75 tokens");

    private final String words;

    Unit(String words) {
      this.words = words;
    }

    private String limit(int most) {
      return "PromptLimits." + name().toLowerCase(Locale.ROOT) + " allows " + most;
    }
  }
}
