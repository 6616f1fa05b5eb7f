package dev.sdlora.families.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

/** Tests which tokens are merged. */
class TokenMergingTest {
  private static final int WIDTH = 6;

  @Property(tries = 40)
  void merging_takesThoseMostAlikeTogether(
      @ForAll @IntRange(min = 1, max = 3) int rows,
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 70) int width,
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
      for (int row = 0; row < rows; row++) {
        assertMerged(x, row, height, width, left, places.toLongArray());
      }
    }
  }

  /**
   * Destination tokens have an even row and column. The other tokens most similar to a destination
   * are merged into it. Pairs whose similarity differs only by rounding may be merged either way.
   */
  private static void assertMerged(
      float[] x, int row, int height, int width, int left, long[] places) {
    int first = row * height * width;
    List<Integer> takers = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < height * width; i++) {
      int up = i / width;
      int across = i % width;
      boolean takes =
          up % 2 == 0 && across % 2 == 0 && up < height / 2 * 2 && across < width / 2 * 2;
      (takes ? takers : others).add(first + i);
    }
    for (int k = 0; k < takers.size(); k++) {
      assertThat(places[takers.get(k)]).isEqualTo((long) row * left + k);
    }
    double leastGone = 2;
    double mostLeft = -2;
    Set<Long> alone = new TreeSet<>();
    for (int other : others) {
      double most = takers.stream().mapToDouble(taker -> cosine(x, other, taker)).max().orElse(0);
      int place = (int) places[other] - row * left;
      if (place < takers.size()) {
        assertThat(cosine(x, other, takers.get(place))).isCloseTo(most, within(1e-5));
        leastGone = Math.min(leastGone, most);
      } else {
        alone.add((long) place);
        mostLeft = Math.max(mostLeft, most);
      }
    }
    assertThat(alone)
        .containsExactlyElementsOf(LongStream.range(takers.size(), left).boxed().toList());
    assertThat(leastGone).isGreaterThan(mostLeft - 1e-5);
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
