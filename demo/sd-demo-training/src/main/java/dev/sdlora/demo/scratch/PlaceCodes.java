package dev.sdlora.demo.scratch;

/**
 * In which quarter of the rows and of the columns each position of a latent lies, and which it is
 * inside that quarter.
 *
 * <p>Convolutions know where they are by nothing but the zeros beyond the edges (Islam et al. 2020,
 * "How Much Position Information Do Convolutional Neural Networks Encode?"). A text that says what
 * is where is of use only to one that knows well; asked for it, a network does after some hundred
 * steps. What it computes for this lies in layers that every prediction goes through; the outputs
 * themselves are dropped in the end.
 */
final class PlaceCodes {
  private static final int QUARTERS = 4;

  /** How many outputs there are. */
  static final int COUNT = 4 * QUARTERS;

  /** Small beside noise of variance 1, or little else would be learnt at first. */
  private static final float LEVEL = 0.2f;

  private PlaceCodes() {}

  /**
   * The codes of all positions.
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
