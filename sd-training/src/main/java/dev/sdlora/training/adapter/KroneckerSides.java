package dev.sdlora.training.adapter;

/**
 * A side of a weight as a product: LoKr's first factor has the outer side, its second the inner
 * one.
 *
 * @param outer the smaller divisor
 * @param inner the larger divisor
 */
record KroneckerSides(long outer, long inner) {
  /**
   * Divides a side by LyCORIS's rule: by the factor if that is a divisor, otherwise by the largest
   * divisor that is at most the factor and at most the root of the side.
   *
   * @param factor at least 2, or -1 for the divisor closest to the root
   */
  static KroneckerSides of(long side, int factor) {
    if (factor > 0 && side % factor == 0) {
      return new KroneckerSides(Math.min(factor, side / factor), Math.max(factor, side / factor));
    }
    long outer = 1;
    for (long divisor = 1;
        divisor * divisor <= side && (factor < 0 || divisor <= factor);
        divisor++) {
      if (side % divisor == 0) {
        outer = divisor;
      }
    }
    return new KroneckerSides(outer, side / outer);
  }
}
