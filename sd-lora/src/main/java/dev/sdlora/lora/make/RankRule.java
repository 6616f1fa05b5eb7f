package dev.sdlora.lora.make;

import dev.sdlora.api.make.spi.MakingBackend.Ranks;

/**
 * Chooses how many singular values of a change to keep: the fewest that keep a given share of its
 * energy, the sum of their squares, but never more than a maximum.
 */
final class RankRule {
  private RankRule() {}

  /**
   * Chooses the number of singular values to keep.
   *
   * @param singular the computed values in descending order, at least one
   * @param total the energy of all values, including those not computed
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
