package dev.sdlora.families.denoise;

import dev.sdlora.api.sampling.GuidanceRange;

/**
 * Selects the model calls that are guided; the others evaluate only the prompt's conditions.
 *
 * @param range the part of the pass with guidance
 * @param skipBelow the noise level below which every second call skips the negative prompt; 0 for
 *     never. A1111 calls it "negative guidance minimum sigma", NGMS
 * @param planned the number of calls that a pass is expected to make
 */
public record GuidedCalls(GuidanceRange range, double skipBelow, int planned) {
  /** All calls. */
  public static final GuidedCalls ALL = new GuidedCalls(GuidanceRange.ALL, 0, 1);

  boolean inRange(int call, double sigma) {
    return range.contains((double) call / planned, sigma);
  }

  /** Whether a call skips the negative prompt: the second, the fourth, …, as in A1111. */
  boolean skips(int call, double sigma) {
    return call % 2 == 1 && sigma < skipBelow;
  }
}
