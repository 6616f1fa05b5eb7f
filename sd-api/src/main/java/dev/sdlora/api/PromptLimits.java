package dev.sdlora.api;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.value.Checks;

/**
 * Bounds on what the prompts of one request may ask for, so that no text that somebody typed can
 * keep a service busy. A prompt that exceeds one is refused with a {@link PromptSyntaxException}
 * that names the limit, before any memory is taken for it. Prompts that people write stay far below
 * the defaults. {@link RequestLimits} bounds images, masks and control units. Immutable; start from
 * {@link #DEFAULTS}.
 *
 * @param characters of a prompt with its styles, from 0. Default 100,000
 * @param parts that {@code AND} joins, from 1; each is a call of the U-Net in each step. Default 50
 * @param loras LoRAs and hypernetworks, in tags of both prompts and beside the prompts ({@link
 *     PromptSpec#loras}), from 0. Default 100
 * @param texts characters of all different texts that a part of a prompt stands for over the steps,
 *     from 0: an alternation can make as many texts as there are steps. Default 1,000,000
 * @param chunks of 75 tokens of each text, from 1. Default 200
 */
public record PromptLimits(int characters, int parts, int loras, int texts, int chunks) {

  /** The settings of a request that sets none. */
  public static final PromptLimits DEFAULTS = new PromptLimits(100_000, 50, 100, 1_000_000, 200);

  /** None but those of Java's numbers, for prompts whose writers are trusted. */
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
   * @param characters from 0
   * @param parts from 1
   * @param loras from 0
   * @param texts characters, from 0
   * @param chunks from 1
   * @throws IllegalArgumentException if one is below what it counts from
   */
  public PromptLimits {
    Checks.atLeast(0, characters, "characters");
    Checks.atLeast(1, parts, "parts");
    Checks.atLeast(0, loras, "loras");
    Checks.atLeast(0, texts, "texts");
    Checks.atLeast(1, chunks, "chunks");
  }

  /**
   * Sets another limit for the length of a prompt.
   *
   * @param most characters of a prompt with its styles, from 0
   * @return the same otherwise
   * @throws IllegalArgumentException if it is negative
   */
  public PromptLimits withCharacters(int most) {
    return new PromptLimits(most, parts, loras, texts, chunks);
  }

  /**
   * Sets another limit for the parts that {@code AND} joins.
   *
   * @param most parts of a prompt, from 1
   * @return the same otherwise
   * @throws IllegalArgumentException if it is below 1
   */
  public PromptLimits withParts(int most) {
    return new PromptLimits(characters, most, loras, texts, chunks);
  }

  /**
   * Sets another limit for LoRAs and hypernetworks.
   *
   * @param most of all in tags of both prompts and beside the prompts, from 0
   * @return the same otherwise
   * @throws IllegalArgumentException if it is negative
   */
  public PromptLimits withLoras(int most) {
    return new PromptLimits(characters, parts, most, texts, chunks);
  }

  /**
   * Sets another limit for what a part of a prompt says over the steps.
   *
   * @param most characters of all its different texts, from 0
   * @return the same otherwise
   * @throws IllegalArgumentException if it is negative
   */
  public PromptLimits withTexts(int most) {
    return new PromptLimits(characters, parts, loras, most, chunks);
  }

  /**
   * Sets another limit for the length of a text in tokens.
   *
   * @param most chunks of 75 tokens, from 1
   * @return the same otherwise
   * @throws IllegalArgumentException if it is below 1
   */
  public PromptLimits withChunks(int most) {
    return new PromptLimits(characters, parts, loras, texts, most);
  }
}
