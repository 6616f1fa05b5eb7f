package dev.sdlora.lora.make;

/**
 * How many singular values of a change are kept: as many as it takes to keep a share of its energy,
 * the sum of their squares, and never more than a largest number.
 *
 * @param largest the most that are kept, at least 1
 * @param energy the share to keep, above 0 and at most 1; at 1 the largest number decides alone
 */
public record RankRule(int largest, double energy) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RankRule {
    if (largest < 1) {
      throw new IllegalArgumentException("rank must be at least 1: " + largest);
    }
    if (!(energy > 0 && energy <= 1)) {
      throw new IllegalArgumentException("energy must be above 0 and at most 1: " + energy);
    }
  }

  /**
   * How many to keep.
   *
   * @param singular the values found, largest first, at least one
   * @param total the energy of all, of those not found too
   */
  int choose(double[] singular, double total) {
    int most = Math.min(largest, singular.length);
    if (energy == 1) {
      return most;
    }
    double kept = 0;
    for (int i = 0; i < most; i++) {
      kept += singular[i] * singular[i];
      if (kept >= energy * total) {
        return i + 1;
      }
    }
    return most;
  }
}
