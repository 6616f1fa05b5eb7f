package dev.sdlora.prompt.schedule;

/**
 * Which steps the texts of a prompt are asked for. Steps are counted as A1111 counts them: one for
 * each call of the model, so that samplers that call it twice in a step have twice as many.
 *
 * @param steps how many steps the pass has, from 1
 * @param before how many steps another pass made before this one; 0 for the first pass. In the
 *     second, a step is counted from the start of the first, and a share from 1
 * @param oldTimelines whether numbers below 1 are shares and others steps, dot or not, and the
 *     second pass has the texts of the first: A1111's option "use old prompt editing timelines"
 */
public record PromptSteps(int steps, int before, boolean oldTimelines) {

  /** Checks the numbers. */
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

  /** The only pass, or the first of two. */
  public static PromptSteps first(int steps) {
    return new PromptSteps(steps, 0, false);
  }

  /** The second pass, of {@code steps} steps after {@code before} of the first. */
  public static PromptSteps second(int steps, int before) {
    return new PromptSteps(steps, before, false);
  }

  /** The last step before a switch at a number: below 1 if there is none, at most the last. */
  public int stepOf(String when) {
    double number = Double.parseDouble(when);
    boolean share = oldTimelines ? number < 1 : when.indexOf('.') >= 0;
    double step = share ? (number - (before > 0 ? 1 : 0)) * steps : number - before;
    return Math.min(steps, (int) step);
  }
}
