package dev.sdlora.demo.scratch;

/**
 * Codes for the location of each latent position: the quarter of the rows and of the columns that
 * contains it, and its position within that quarter.
 *
 * <p>Convolutions can infer locations only from the zeros beyond the edges (Islam et al. 2020, "How
 * Much Position Information Do Convolutional Neural Networks Encode?"). A text that describes a
 * layout only helps a network that knows them well; if it has to predict them, it does after a few
 * hundred steps. It computes them in layers that every prediction uses; the outputs themselves are
 * dropped in the end.
 */
final class PlaceCodes {
  private static final int QUARTERS = 4;

  static final int COUNT = 4 * QUARTERS;

  /** Small compared with noise of variance 1; otherwise little else would be learnt at first. */
  private static final float LEVEL = 0.2f;

  private PlaceCodes() {}

  /**
   * Returns the codes of all positions.
   *
   * @param side a multiple of four
   * @return [{@link #COUNT}][side][side]
   */
  static float[] of(int side) {
    int area = side * side;
    float[] codes = new float[COUNT * area];
    for (int place = 0; place < area; place++) {
      mark(codes, place, area, 0, place / side, side);
      mark(codes, place, area, 2 * QUARTERS, place % side, side);
    }
    return codes;
  }

  private static void mark(float[] codes, int place, int area, int first, int at, int side) {
    int quarter = at * QUARTERS / side;
    int inside = at * QUARTERS * QUARTERS / side % QUARTERS;
    codes[place + (first + quarter) * area] = LEVEL;
    codes[place + (first + QUARTERS + inside) * area] = LEVEL;
  }
}
