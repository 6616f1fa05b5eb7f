package dev.sdlora.api;

import java.util.List;
import java.util.Objects;

/**
 * How the prompts of a request are read. Immutable; start from {@link #DEFAULTS} or {@link
 * #EXACT_A1111}.
 *
 * @param mode whether malformed prompts are errors. Default {@link PromptMode#A1111}
 * @param emphasis what weights do. Default {@link Emphasis#ORIGINAL}
 * @param styles merged into both prompts in this order before anything else. Default none
 * @param negativeLoras whether LoRA tags in the negative prompt act. Default true; A1111 takes them
 *     for text
 * @param commaBacktracking when a chunk of 75 tokens is full: how many tokens to look back for a
 *     comma to break at, 0 to 74. Default 20; 0 breaks anywhere
 * @param padConds whether the shorter of prompt and negative prompt is filled up with empty chunks
 *     so that both run as one batch; the picture changes a little. Default false
 * @param oldEditingTimelines whether {@code [from:to:when]} takes every number from 1 for a step
 *     and every one below for a share, and hires fix starts the count again, as before A1111 1.6.
 *     Default false
 * @param limits how much the prompts may ask for. Default {@link PromptLimits#DEFAULTS}
 */
public record PromptOptions(
    PromptMode mode,
    Emphasis emphasis,
    List<Style> styles,
    boolean negativeLoras,
    int commaBacktracking,
    boolean padConds,
    boolean oldEditingTimelines,
    PromptLimits limits) {

  /** What a request has that does not say otherwise. */
  public static final PromptOptions DEFAULTS =
      new PromptOptions(
          PromptMode.A1111,
          Emphasis.ORIGINAL,
          List.of(),
          true,
          20,
          false,
          false,
          PromptLimits.DEFAULTS);

  /** The defaults of A1111 without exception: LoRA tags in the negative prompt are text. */
  public static final PromptOptions EXACT_A1111 = DEFAULTS.withNegativeLoras(false);

  /**
   * Copies the list and checks the number.
   *
   * @throws IllegalArgumentException if {@code commaBacktracking} is not from 0 to 74
   */
  public PromptOptions {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(emphasis, "emphasis");
    Objects.requireNonNull(styles, "styles");
    styles = List.copyOf(styles);
    Objects.requireNonNull(limits, "limits");
    Checks.inRange(0, 74, commaBacktracking, "commaBacktracking");
  }

  /** The same in another mode. */
  public PromptOptions withMode(PromptMode mode) {
    Objects.requireNonNull(mode, "mode");
    return new PromptOptions(
        mode,
        emphasis,
        styles,
        negativeLoras,
        commaBacktracking,
        padConds,
        oldEditingTimelines,
        limits);
  }

  /** The same with another emphasis. */
  public PromptOptions withEmphasis(Emphasis emphasis) {
    Objects.requireNonNull(emphasis, "emphasis");
    return new PromptOptions(
        mode,
        emphasis,
        styles,
        negativeLoras,
        commaBacktracking,
        padConds,
        oldEditingTimelines,
        limits);
  }

  /** The same with other styles in place of those it has. */
  public PromptOptions withStyles(List<Style> styles) {
    Objects.requireNonNull(styles, "styles");
    return new PromptOptions(
        mode,
        emphasis,
        styles,
        negativeLoras,
        commaBacktracking,
        padConds,
        oldEditingTimelines,
        limits);
  }

  /** The same, with or without LoRAs from the negative prompt. */
  public PromptOptions withNegativeLoras(boolean act) {
    return new PromptOptions(
        mode, emphasis, styles, act, commaBacktracking, padConds, oldEditingTimelines, limits);
  }

  /**
   * The same with another limit for looking back.
   *
   * @throws IllegalArgumentException if it is not from 0 to 74
   */
  public PromptOptions withCommaBacktracking(int tokens) {
    return new PromptOptions(
        mode, emphasis, styles, negativeLoras, tokens, padConds, oldEditingTimelines, limits);
  }

  /** The same, with or without padding of the shorter prompt. */
  public PromptOptions withPadConds(boolean pad) {
    return new PromptOptions(
        mode, emphasis, styles, negativeLoras, commaBacktracking, pad, oldEditingTimelines, limits);
  }

  /** The same with the old or the new meaning of numbers in prompt editing. */
  public PromptOptions withOldEditingTimelines(boolean old) {
    return new PromptOptions(
        mode, emphasis, styles, negativeLoras, commaBacktracking, padConds, old, limits);
  }

  /** The same with other limits. */
  public PromptOptions withLimits(PromptLimits limits) {
    return new PromptOptions(
        mode,
        emphasis,
        styles,
        negativeLoras,
        commaBacktracking,
        padConds,
        oldEditingTimelines,
        limits);
  }
}
