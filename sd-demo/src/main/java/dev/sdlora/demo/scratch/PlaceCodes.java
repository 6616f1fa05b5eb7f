package dev.sdlora.demo.scratch;

import java.util.Arrays;

/**
 * Further outputs of a U-Net in training: each position says in which quarter of the rows and of
 * the columns it lies, and which it is inside that quarter.
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
   * Puts the codes behind the channels of each member of a batch.
   *
   * @param wanted [batch][channels][side][side]
   * @param side a multiple of four
   * @return [batch][channels + {@link #COUNT}][side][side]
   */
  static float[] behind(float[] wanted, int batch, int side) {
    int area = side * side;
    int own = wanted.length / batch;
    int all = own + COUNT * area;
    float[] target = new float[batch * all];
    for (int member = 0; member < batch; member++) {
      System.arraycopy(wanted, member * own, target, member * all, own);
      for (int place = 0; place < area; place++) {
        int codes = member * all + own + place;
        mark(target, codes, area, 0, place / side, side);
        mark(target, codes, area, 2 * QUARTERS, place % side, side);
      }
    }
    return target;
  }

  private static void mark(float[] target, int codes, int area, int first, int at, int side) {
    int quarter = at * QUARTERS / side;
    int inside = at * QUARTERS * QUARTERS / side % QUARTERS;
    target[codes + (first + quarter) * area] = LEVEL;
    target[codes + (first + QUARTERS + inside) * area] = LEVEL;
  }

  /** A weight or bias of the last layer without the codes. */
  static float[] dropped(float[] weight, int channels) {
    return Arrays.copyOf(weight, weight.length / (channels + COUNT) * channels);
  }
}
