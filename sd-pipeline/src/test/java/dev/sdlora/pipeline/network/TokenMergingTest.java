package dev.sdlora.pipeline.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Which tokens go to which, against a plain twin after the paper. */
class TokenMergingTest {
  private static final int WIDTH = 6;

  @Property(tries = 60)
  void merging_isThePlainTwin(
      @ForAll @IntRange(min = 1, max = 3) int rows,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 41) int width,
      @ForAll @DoubleRange(min = 0, max = 0.9) double ratio,
      @ForAll long seed) {
    Random random = new Random(seed);
    int tokens = height * width;
    float[] x = new float[rows * tokens * WIDTH];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    int mergeable = height < 2 || width < 2 ? 0 : tokens - height / 2 * (width / 2);
    int left = tokens - Math.min((int) (tokens * ratio), mergeable);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Program program =
          Program.load(
              torch,
              List.of(
                  new Program.Source(TokenMergingTest.class, "token_merging_test.torchscript.py")),
              UNet.FUNCTIONS);
      NDArray counted =
          program.call("left").integer(height).integer(width).number(ratio).run(scope);
      assertThat(counted.toLongArray()).containsExactly(left);
      if (left == tokens) {
        return;
      }
      NDArray places =
          program
              .call("merging")
              .tensor(Torch.floats(scope, x, rows, tokens, WIDTH))
              .integer(height)
              .integer(width)
              .integer(left)
              .run(scope);
      long[] expected = new long[rows * tokens];
      for (int row = 0; row < rows; row++) {
        twin(x, row, height, width, left, expected);
      }
      assertThat(places.toLongArray()).isEqualTo(expected);
    }
  }

  /** A token that others may go to has an even row and column, the others go by likeness. */
  private static void twin(float[] x, int row, int height, int width, int left, long[] places) {
    List<Integer> takers = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < height * width; i++) {
      int up = i / width;
      int across = i % width;
      boolean takes =
          up % 2 == 0 && across % 2 == 0 && up < height / 2 * 2 && across < width / 2 * 2;
      (takes ? takers : others).add(i);
    }
    int first = row * height * width;
    double[] likeness = new double[height * width];
    int[] likest = new int[height * width];
    for (int other : others) {
      likeness[other] = -2;
      for (int k = 0; k < takers.size(); k++) {
        double cosine = cosine(x, first + other, first + takers.get(k));
        if (cosine > likeness[other]) {
          likeness[other] = cosine;
          likest[other] = k;
        }
      }
    }
    for (int k = 0; k < takers.size(); k++) {
      places[first + takers.get(k)] = (long) row * left + k;
    }
    List<Integer> order = new ArrayList<>(others);
    order.sort(Comparator.comparingDouble(other -> -likeness[other]));
    int gone = height * width - left;
    for (int i = 0; i < order.size(); i++) {
      int other = order.get(i);
      int place = i < gone ? likest[other] : takers.size() + i - gone;
      places[first + other] = (long) row * left + place;
    }
  }

  private static double cosine(float[] x, int one, int other) {
    double product = 0;
    double own = 0;
    double others = 0;
    for (int c = 0; c < WIDTH; c++) {
      double a = x[one * WIDTH + c];
      double b = x[other * WIDTH + c];
      product += a * b;
      own += a * a;
      others += b * b;
    }
    return product / Math.sqrt(own * others);
  }
}
