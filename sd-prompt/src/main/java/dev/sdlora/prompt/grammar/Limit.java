package dev.sdlora.prompt.grammar;

import dev.sdlora.api.error.PromptSyntaxException;
import java.util.Locale;

/** Holds prompts to their {@link dev.sdlora.api.PromptLimits}. */
public final class Limit {
  private Limit() {}

  /**
   * Refuses what is too much.
   *
   * @param found how much a prompt asks for
   * @param most what the limit allows
   * @param what the sentence up to the number, such as "the prompt has"
   * @param unit what is counted, and the name of the limit
   * @throws PromptSyntaxException if it is too much
   */
  public static void check(long found, int most, String what, Unit unit) {
    if (found > most) {
      throw new PromptSyntaxException(
          what + " " + found + " " + unit.words + ", but " + unit.limit(most), 0);
    }
  }

  /**
   * The same where counting stopped at the limit.
   *
   * @param what the sentence up to the number
   */
  public static PromptSyntaxException exceeded(int most, String what, Unit unit) {
    return new PromptSyntaxException(
        what + " more than " + most + " " + unit.words + ", but " + unit.limit(most), 0);
  }

  /** What is counted. */
  public enum Unit {
    CHARACTERS("characters"),
    PARTS("parts that AND joins"),
    LORAS("LoRAs and hypernetworks"),
    TEXTS("characters of different texts over its steps"),
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
