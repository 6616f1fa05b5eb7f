package dev.sdlora.pipeline.denoise;

import dev.sdlora.api.sampling.GuidanceRange;

/**
 * Which calls of the network are guided; in the others the conditions of the prompt run alone.
 *
 * @param range where guidance acts
 * @param skipBelow the noise level below which every second call leaves the negative prompt out; 0
 *     is never. A1111 calls it "negative guidance minimum sigma", NGMS
 * @param planned how many calls a pass is planned to make
 */
public record GuidedCalls(GuidanceRange range, double skipBelow, int planned) {
  /** All calls. */
  public static final GuidedCalls ALL = new GuidedCalls(GuidanceRange.ALL, 0, 1);

  /** Whether a call, counted from 0, is in the range. */
  boolean inRange(int call, double sigma) {
    return range.contains((double) call / planned, sigma);
  }

  /** Whether a call leaves the negative prompt out, as A1111 does: the second, the fourth, … */
  boolean skips(int call, double sigma) {
    return call % 2 == 1 && sigma < skipBelow;
  }
}
