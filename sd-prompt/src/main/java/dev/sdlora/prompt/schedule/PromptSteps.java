package dev.sdlora.prompt.schedule;

/**
 * The steps of a pass, for prompt schedules. Steps are counted as in A1111, one for each model
 * call, so samplers that call the model twice in a step have twice as many.
 *
 * @param steps the number of steps of the pass, at least 1
 * @param before the number of steps of the previous pass; 0 for the first pass. In the second pass,
 *     a step is counted from the start of the first pass, and a fraction from 1
 * @param oldTimelines whether numbers below 1 are fractions and others steps, with or without a
 *     dot, and the second pass has the texts of the first: A1111's option "use old prompt editing
 *     timelines"
 */
public record PromptSteps(int steps, int before, boolean oldTimelines) {

  /** Validates the numbers. */
  public PromptSteps {
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1: " + steps);
    }
    if (before < 0) {
      throw new IllegalArgumentException("before must not be negative: " + before);
    }
    if (oldTimelines && before > 0) {
      steps = before;
      before = 0;
    }
  }

  /** Returns the steps of a single pass, or of the first of two. */
  public static PromptSteps first(int steps) {
    return new PromptSteps(steps, 0, false);
  }

  /**
   * Returns the steps of a second pass: {@code steps} steps after {@code before} steps of the
   * first.
   */
  public static PromptSteps second(int steps, int before) {
    return new PromptSteps(steps, before, false);
  }

  /** Returns the last step before a switch: below 1 if there is none, at most the last step. */
  public int stepOf(String when) {
    double number = Double.parseDouble(when);
    boolean share = oldTimelines ? number < 1 : when.indexOf('.') >= 0;
    double step = share ? (number - (before > 0 ? 1 : 0)) * steps : number - before;
    return Math.min(steps, (int) step);
  }
}
