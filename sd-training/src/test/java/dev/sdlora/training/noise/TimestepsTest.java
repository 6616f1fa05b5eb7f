package dev.sdlora.training.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.training.option.TimestepSampling;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TimestepsTest {
  private static final int DRAWS = 20_000;

  /** The distance that the largest difference of DRAWS numbers exceeds once in 10^10 times. */
  private static final double LARGEST_DISTANCE = 3.45 / Math.sqrt(DRAWS);

  /** The largest distance between the share of draws below a level and its probability. */
  private static double distance(
      TimestepSampling sampling, OptionalDouble shift, DoubleUnaryOperator probabilityBelow) {
    SplittableRandom random = new SplittableRandom(5);
    double[] drawn = new double[DRAWS];
    Arrays.setAll(drawn, i -> Timesteps.draw(sampling, shift, random));
    Arrays.sort(drawn);
    double largest = 0;
    for (int i = 0; i < DRAWS; i++) {
      double expected = probabilityBelow.applyAsDouble(drawn[i]);
      largest = Math.max(largest, Math.abs((double) i / DRAWS - expected));
      largest = Math.max(largest, Math.abs((i + 1.0) / DRAWS - expected));
    }
    return largest;
  }

  /** The distribution function of normal numbers, by Simpson's rule. */
  private static double normal(double x) {
    int parts = 200;
    double sum = 0;
    for (int i = 0; i <= parts; i++) {
      double at = x * i / parts;
      int weight = i == 0 || i == parts ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-at * at / 2);
    }
    return 0.5 + sum * x / parts / 3 / Math.sqrt(2 * Math.PI);
  }

  private static double logit(double share) {
    return Math.log(share / (1 - share));
  }

  /** The inverse of a shift is the shift of the inverse factor. */
  private static double shifted(double share, double shift) {
    return shift * share / (1 + (shift - 1) * share);
  }

  @Test
  void draw_uniform_isUniform() {
    assertThat(distance(TimestepSampling.UNIFORM, OptionalDouble.empty(), level -> level))
        .isLessThan(LARGEST_DISTANCE);
  }

  @Test
  void draw_logitNormal_hasTheNormalDistributionOfLogits() {
    assertThat(
            distance(
                TimestepSampling.logitNormal(-0.5, 1.3),
                OptionalDouble.empty(),
                level -> normal((logit(level) + 0.5) / 1.3)))
        .isLessThan(LARGEST_DISTANCE);
  }

  @Test
  void draw_shifted_isUniformWhenShiftedBack() {
    assertThat(
            distance(
                TimestepSampling.shifted(3),
                OptionalDouble.empty(),
                level -> shifted(level, 1.0 / 3)))
        .isLessThan(LARGEST_DISTANCE);
  }

  @Test
  void draw_byResolution_shiftsTheLogisticFunctionOfNormalNumbers() {
    double shift = Math.exp(0.8);
    assertThat(
            distance(
                TimestepSampling.BY_RESOLUTION,
                OptionalDouble.of(shift),
                level -> normal(logit(shifted(level, 1 / shift)))))
        .isLessThan(LARGEST_DISTANCE);
  }

  @Test
  void draw_byResolutionOfAModelWithoutShift_isUniform() {
    assertThat(distance(TimestepSampling.BY_RESOLUTION, OptionalDouble.empty(), level -> level))
        .isLessThan(LARGEST_DISTANCE);
  }

  @Test
  void draw_range_scalesTheDistribution() {
    assertThat(
            distance(
                TimestepSampling.shifted(2).within(0.2, 0.6),
                OptionalDouble.empty(),
                level -> shifted((level - 0.2) / 0.4, 0.5)))
        .isLessThan(LARGEST_DISTANCE);
  }

  @Property
  void draw_anyRange_staysInIt(
      @ForAll @DoubleRange(min = 0, max = 0.5) double least,
      @ForAll @DoubleRange(min = 0.51, max = 1) double most,
      @ForAll long seed) {
    for (TimestepSampling sampling :
        new TimestepSampling[] {
          TimestepSampling.UNIFORM,
          TimestepSampling.logitNormal(0, 5),
          TimestepSampling.shifted(9),
          TimestepSampling.BY_RESOLUTION
        }) {
      double drawn =
          Timesteps.draw(
              sampling.within(least, most), OptionalDouble.of(3), new SplittableRandom(seed));
      assertThat(drawn).isBetween(least, most);
    }
  }

  @Test
  void normal_knownValues_areThoseOfTables() {
    assertThat(normal(1)).isCloseTo(0.841345, within(1e-6));
    assertThat(normal(-2)).isCloseTo(0.022750, within(1e-6));
  }
}
