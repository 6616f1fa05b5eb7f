package dev.sdlora.lora.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LowRank;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Compares factors from singular values with plain arithmetic in double. */
class DecompositionTest {
  /** Relative to the energy: float32 has 24 bits, and errors are squared. */
  private static final double ROUNDING = 1e-10;

  private static Torch torch;
  private static Decomposition decomposition;

  @BeforeContainer
  static void open() {
    torch = Torch.open("cpu");
    decomposition = new Decomposition(torch);
  }

  @AfterContainer
  static void close() {
    torch.close();
  }

  /** Decomposes tuned - original. */
  private static FactorPair extract(Matrix tuned, Matrix original, Ranks rule, boolean exact) {
    try (NDManager scope = torch.scope()) {
      NDArray before = Torch.floats(scope, original.floats(), original.rows(), original.columns());
      NDArray after = Torch.floats(scope, tuned.floats(), tuned.rows(), tuned.columns());
      return decomposition.of(decomposition.difference(after, before, scope), rule, exact);
    }
  }

  private static Matrix product(FactorPair best, int rows, int columns) {
    return Matrix.of(rows, best.rank(), best.up())
        .times(Matrix.of(best.rank(), columns, best.down()));
  }

  @Property(tries = 60)
  void difference_ofLowRank_isGivenBack(
      @ForAll @IntRange(min = 1, max = 70) int rows,
      @ForAll @IntRange(min = 1, max = 70) int columns,
      @ForAll @IntRange(min = 1, max = 5) int rank,
      @ForAll boolean exact,
      @ForAll int seed) {
    Random random = new Random(seed);
    Matrix change = Matrix.random(rows, rank, random).times(Matrix.random(rank, columns, random));
    Matrix original = Matrix.random(rows, columns, random);
    Matrix tuned = Matrix.of(rows, columns, original.plus(1, change).floats());

    FactorPair best = extract(tuned, original, new Ranks(rank, 1), exact);

    Matrix error = tuned.plus(-1, original).plus(-1, product(best, rows, columns));
    // The rounding error of the difference is that of the weights, not of the difference.
    double rounding = ROUNDING * (change.energy() + original.energy());
    assertThat(error.energy()).isLessThan(rounding);
    assertThat(best.keptEnergy()).isCloseTo(best.energy(), within(1e-6 * best.energy() + rounding));
  }

  /**
   * Random matrices have slowly decaying singular values, the hardest case for random projection.
   */
  @Property(tries = 40)
  void difference_ofFullRank_keepsTheBestError(
      @ForAll @IntRange(min = 2, max = 60) int rows,
      @ForAll @IntRange(min = 2, max = 60) int columns,
      @ForAll @IntRange(min = 1, max = 20) int rank,
      @ForAll boolean exact,
      @ForAll int seed) {
    Random random = new Random(seed);
    Matrix tuned = Matrix.random(rows, columns, random);
    Matrix original = Matrix.random(rows, columns, random);
    Matrix change = tuned.plus(-1, original);

    FactorPair best = extract(tuned, original, new Ranks(rank, 1), exact);

    double left = change.plus(-1, product(best, rows, columns)).energy();
    double allowed = (exact ? ROUNDING : 0.02) * change.energy();
    assertThat(left).isCloseTo(change.bestError(best.rank()), within(allowed));
    assertThat(best.rank()).isEqualTo(Math.min(rank, Math.min(rows, columns)));
    assertThat(best.energy()).isCloseTo(change.energy(), within(1e-6 * change.energy()));
  }

  @Property(tries = 60)
  void product_atALowerRank_keepsTheBestError(
      @ForAll @IntRange(min = 1, max = 60) int rows,
      @ForAll @IntRange(min = 1, max = 60) int columns,
      @ForAll @IntRange(min = 1, max = 12) int rank,
      @ForAll @IntRange(min = 1, max = 12) int wanted,
      @ForAll @DoubleRange(min = -2, max = 2) double scale,
      @ForAll int seed) {
    Random random = new Random(seed);
    Matrix up = Matrix.random(rows, rank, random);
    Matrix down = Matrix.random(rank, columns, random);
    Matrix change = up.times(down);
    change = change.plus(scale - 1, change);

    FactorPair best;
    try (NDManager scope = torch.scope()) {
      best = decomposition.of(List.of(lowRank(up, down, scale, scope)), new Ranks(wanted, 1));
    }

    double left = change.plus(-1, product(best, rows, columns)).energy();
    assertThat(left)
        .isCloseTo(change.bestError(best.rank()), within(ROUNDING * change.energy() + 1e-30));
    assertThat(best.energy() - best.keptEnergy())
        .isCloseTo(left, within(1e-6 * change.energy() + 1e-30));
  }

  @Property(tries = 60)
  void concatenation_isTheSum(
      @ForAll @IntRange(min = 1, max = 30) int rows,
      @ForAll @IntRange(min = 1, max = 30) int columns,
      @ForAll List<@IntRange(min = 1, max = 6) Integer> ranks,
      @ForAll int seed) {
    Random random = new Random(seed);
    Matrix sum = new Matrix(rows, columns, new double[rows * columns]);
    FactorPair best;
    try (NDManager scope = torch.scope()) {
      List<LowRank> products = new ArrayList<>();
      for (int rank : ranks.isEmpty() ? List.of(1) : ranks) {
        Matrix up = Matrix.random(rows, rank, random);
        Matrix down = Matrix.random(rank, columns, random);
        double scale = (float) random.nextGaussian();
        sum = sum.plus(scale, up.times(down));
        products.add(lowRank(up, down, scale, scope));
      }
      best = decomposition.concatenation(products);
    }

    assertThat(sum.plus(-1, product(best, rows, columns)).energy())
        .isLessThan(ROUNDING * sum.energy());
  }

  private static LowRank lowRank(Matrix up, Matrix down, double scale, NDManager scope) {
    return new LowRank(
        Torch.floats(scope, up.floats(), up.rows(), up.columns()),
        Torch.floats(scope, down.floats(), down.rows(), down.columns()),
        scale);
  }

  @Example
  void everything_leavesNoNativeMemory() {
    Matrix tuned = Matrix.random(5, 7, new Random(1));
    extract(tuned, Matrix.random(5, 7, new Random(2)), new Ranks(2, 1), false);
    int before = torch.liveArrays();

    extract(tuned, Matrix.random(5, 7, new Random(3)), new Ranks(2, 1), true);

    assertThat(torch.liveArrays()).isEqualTo(before);
  }

  @Example
  void choose_energy_isTheSmallestRankThatKeepsIt() {
    double[] singular = {3, 2, 1};

    assertThat(RankRule.choose(new Ranks(8, 9 / 14.0), singular, 14)).isEqualTo(1);
    assertThat(RankRule.choose(new Ranks(8, 0.65), singular, 14)).isEqualTo(2);
    assertThat(RankRule.choose(new Ranks(8, 0.99), singular, 14)).isEqualTo(3);
    assertThat(RankRule.choose(new Ranks(2, 0.99), singular, 14)).isEqualTo(2);
    assertThat(RankRule.choose(new Ranks(8, 1), singular, 14)).isEqualTo(3);
    assertThat(RankRule.choose(new Ranks(8, 0.5), new double[] {0, 0}, 0)).isEqualTo(1);
  }

  @Example
  void rankRule_badNumbers_areNamed() {
    assertThatThrownBy(() -> new Ranks(0, 1)).hasMessage("rank must be at least 1: 0");
    assertThatThrownBy(() -> new Ranks(1, 0))
        .hasMessage("energy must be above 0 and at most 1: 0.0");
    assertThatThrownBy(() -> new Ranks(1, Double.NaN)).hasMessageContaining("NaN");
  }
}
