package dev.sdlora.api;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.value.Checks;

/**
 * Limits on the prompts of one request, so that no user input can keep a service busy. A prompt
 * that exceeds one is rejected with a {@link PromptSyntaxException} that names the limit, before
 * any memory is allocated for it. Ordinary prompts stay far below the defaults. {@link
 * RequestLimits} limits images, masks and control units. Immutable; start from {@link #DEFAULTS}.
 *
 * @param characters characters of a prompt including its styles, at least 0. Default 100,000
 * @param parts subprompts joined by {@code AND}, at least 1; each needs one U-Net call per step.
 *     Default 50
 * @param loras LoRAs and hypernetworks, in tags of both prompts and in {@link PromptSpec#loras}, at
 *     least 0. Default 100
 * @param texts total characters of all distinct texts that a subprompt becomes over the steps, at
 *     least 0: an alternation can produce as many texts as there are steps. Default 1,000,000
 * @param chunks chunks of 75 tokens in each text, at least 1. Default 200
 */
public record PromptLimits(int characters, int parts, int loras, int texts, int chunks) {

  /** The default limits. */
  public static final PromptLimits DEFAULTS = new PromptLimits(100_000, 50, 100, 1_000_000, 200);

  /** The largest possible limits, for prompts from trusted sources. */
  public static final PromptLimits NONE =
      new PromptLimits(
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE);

  /**
   * Checks the numbers.
   *
   * @param characters characters of a prompt, at least 0
   * @param parts subprompts joined by {@code AND}, at least 1
   * @param loras LoRAs and hypernetworks, at least 0
   * @param texts total characters of all distinct texts of a subprompt, at least 0
   * @param chunks chunks of 75 tokens, at least 1
   * @throws IllegalArgumentException if a number is below its minimum
   */
  public PromptLimits {
    Checks.atLeast(0, characters, "characters");
    Checks.atLeast(1, parts, "parts");
    Checks.atLeast(0, loras, "loras");
    Checks.atLeast(0, texts, "texts");
    Checks.atLeast(1, chunks, "chunks");
  }

  /**
   * Returns a copy with another limit on the length of a prompt.
   *
   * @param most characters of a prompt including its styles, at least 0
   * @return the copy
   * @throws IllegalArgumentException if the number is negative
   */
  public PromptLimits withCharacters(int most) {
    return new PromptLimits(most, parts, loras, texts, chunks);
  }

  /**
   * Returns a copy with another limit on the subprompts joined by {@code AND}.
   *
   * @param most subprompts of a prompt, at least 1
   * @return the copy
   * @throws IllegalArgumentException if the number is below 1
   */
  public PromptLimits withParts(int most) {
    return new PromptLimits(characters, most, loras, texts, chunks);
  }

  /**
   * Returns a copy with another limit on LoRAs and hypernetworks.
   *
   * @param most LoRAs and hypernetworks in tags of both prompts and in {@link PromptSpec#loras}, at
   *     least 0
   * @return the copy
   * @throws IllegalArgumentException if the number is negative
   */
  public PromptLimits withLoras(int most) {
    return new PromptLimits(characters, parts, most, texts, chunks);
  }

  /**
   * Returns a copy with another limit on the texts that a subprompt becomes over the steps.
   *
   * @param most total characters of all distinct texts, at least 0
   * @return the copy
   * @throws IllegalArgumentException if the number is negative
   */
  public PromptLimits withTexts(int most) {
    return new PromptLimits(characters, parts, loras, most, chunks);
  }

  /**
   * Returns a copy with another limit on the length of a text in tokens.
   *
   * @param most chunks of 75 tokens, at least 1
   * @return the copy
   * @throws IllegalArgumentException if the number is below 1
   */
  public PromptLimits withChunks(int most) {
    return new PromptLimits(characters, parts, loras, texts, most);
  }
}
