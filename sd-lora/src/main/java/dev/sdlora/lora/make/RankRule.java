package dev.sdlora.lora.make;

import dev.sdlora.api.spi.MakingBackend.Ranks;

/**
 * How many singular values of a change are kept: as many as it takes to keep a share of its energy,
 * the sum of their squares, and never more than a largest number.
 */
final class RankRule {
  private RankRule() {}

  /**
   * How many to keep.
   *
   * @param singular the values found, largest first, at least one
   * @param total the energy of all, of those not found too
   */
  static int choose(Ranks ranks, double[] singular, double total) {
    int most = Math.min(ranks.largest(), singular.length);
    if (ranks.energy() == 1) {
      return most;
    }
    double kept = 0;
    for (int i = 0; i < most; i++) {
      kept += singular[i] * singular[i];
      if (kept >= ranks.energy() * total) {
        return i + 1;
      }
    }
    return most;
  }
}
