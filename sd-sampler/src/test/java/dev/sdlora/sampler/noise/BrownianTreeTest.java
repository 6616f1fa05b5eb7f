package dev.sdlora.sampler.noise;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.Fixtures;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BrownianTreeTest {
  private static final int COUNT = 20;
  private static final double LOW = 0.029167499393224716;
  private static final double HIGH = 14.614643096923828;

  static Stream<Arguments> goldens() {
    return Arrays.stream(Rng.values())
        .flatMap(
            rng ->
                Stream.of(0L, 42L, 4294967295L)
                    .flatMap(
                        seed ->
                            Stream.of("steps", "halves")
                                .map(asked -> Arguments.of(rng, seed, asked))));
  }

  /** Whole steps and half steps, through {@link ImageNoise} as in samplers. */
  @ParameterizedTest
  @MethodSource("goldens")
  void between_stepsOfReference_equalTorchsde(Rng rng, long seed, String asked) {
    Fixtures file = Fixtures.tensors("brownian.safetensors");
    String name = rng.name().toLowerCase(Locale.ROOT) + "." + seed + "." + asked;
    JsonNode steps = file.metadata(name);
    double[][] expected = file.rows(name);
    // Neither variation nor ENSD affects it.
    ImageSeeds seeds = new ImageSeeds(seed, 5, 0.25, 31337);
    NoiseSource noise = new ImageNoise(rng, seeds, new LatentShape(4, 6, 5)).over(LOW, HIGH);

    assertThat(steps).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      double[] step = Fixtures.numbers(steps.get(i));
      double[] drawn = toDoubles(noise.between(step[0], step[1], expected[i].length));
      assertClose(drawn, expected[i], 0, 1e-5);
    }
  }

  /** The increments of a path over two steps add up to the increment over both. */
  @Property(tries = 200)
  void between_twoSteps_addUpToOne(
      @ForAll @DoubleRange(min = 0.03, max = 1.6) double a,
      @ForAll @DoubleRange(min = 1.01, max = 3) double first,
      @ForAll @DoubleRange(min = 1.01, max = 3) double second) {
    double b = a * first;
    double c = b * second;
    BrownianTree path = path(5);

    double[] whole = way(path, a, c);
    double[] halves = way(path, b, c);
    double[] lower = way(path, a, b);
    for (int i = 0; i < COUNT; i++) {
      halves[i] += lower[i];
    }

    assertClose(halves, whole, 0, 4e-6 * Math.sqrt(c));
  }

  /** Any number of steps, in any order, with or without earlier queries. */
  @Test
  void between_otherQuestionsBefore_isTheSame() {
    float[] fresh = path(9).between(3.7, 1.9, COUNT);
    BrownianTree asked = path(9);
    for (double level = 0.03; level < 11; level *= 1.1) {
      asked.between(level, level * 1.3, COUNT);
    }

    assertThat(asked.between(3.7, 1.9, COUNT)).isEqualTo(fresh);
    assertThat(path(10).between(3.7, 1.9, COUNT)).isNotEqualTo(fresh);
  }

  /** The increment upwards is the negative of the one downwards. */
  @Test
  void between_upwards_isTheNegative() {
    float[] down = path(9).between(3.7, 1.9, COUNT);
    float[] up = path(9).between(1.9, 3.7, COUNT);

    for (int i = 0; i < COUNT; i++) {
      assertThat(up[i]).isEqualTo(-down[i]);
    }
  }

  /**
   * A longer latent starts with the numbers of a shorter one, if the generator has this property.
   */
  @Test
  void between_moreElements_startAlike() {
    BrownianTree path = path(9);
    float[] few = path.between(3.7, 1.9, 4);

    assertThat(path.between(3.7, 1.9, 8)).startsWith(few);
  }

  /** 2^16 numbers: mean, variance and covariance within five standard errors; a fixed seed. */
  @ParameterizedTest
  @CsvSource({"1.5, 1.25", "14.6, 9.1", "0.0820, 0.0292", "5.0001, 5", "4, 2", "2.1, 0.3"})
  void between_manyElements_areUnitNormalAndIndependentOfTheNextStep(double high, double low) {
    int count = 1 << 16;
    BrownianTree path = new BrownianTree(Rng.NV, 77, 0.01, HIGH);
    float[] step = path.between(high, low, count);
    float[] next = path.between(low, low * 0.7, count);
    double mean = 0;
    double variance = 0;
    double covariance = 0;
    for (int i = 0; i < count; i++) {
      mean += (double) step[i] / count;
      variance += (double) step[i] * step[i] / count;
      covariance += (double) step[i] * next[i] / count;
    }

    double error = 5 / Math.sqrt(count);
    assertThat(mean).isCloseTo(0, within(error));
    assertThat(variance).isCloseTo(1, within(error * Math.sqrt(2)));
    assertThat(covariance).isCloseTo(0, within(error));
  }

  /**
   * Python rounds ties by the exact value of the double, and levels must be rounded the same way.
   */
  @Test
  void between_levelsThatRoundAlike_areAlike() {
    float[] one = path(1).between(3, 1.0000001, COUNT);

    assertThat(path(1).between(3, 1, COUNT)).isEqualTo(one);
    assertThat(path(1).between(3, 1.000001, COUNT)).isNotEqualTo(one);
    assertClose(toDoubles(path(1).between(1.0000001, 1, COUNT)), new double[COUNT], 0, 0);
  }

  /** Models with zero terminal SNR start at 4519, so the indices of parts exceed 32 bits. */
  @Test
  void between_levelsFarApart_areResolved() {
    BrownianTree path = new BrownianTree(Rng.NV, 3, LOW, 4519.3);

    float[] noise = path.between(4000.123, 4000.1, 1 << 12);

    double variance = 0;
    for (float number : noise) {
      variance += (double) number * number / noise.length;
    }
    assertThat(variance).isCloseTo(1, within(0.12));
  }

  @Test
  void between_beyondTheEnds_standsStill() {
    assertClose(toDoubles(path(1).between(20, 16, COUNT)), new double[COUNT], 0, 0);
    assertClose(way(path(1), 5, 20), way(path(1), 5, 14.7), 0, 1e-5);
  }

  @Test
  void between_levelsWithoutAWay_areRefused() {
    BrownianTree path = path(1);

    assertThatThrownBy(() -> path.between(1, 1, 4))
        .hasMessage("noise needs two different levels: 1.0");
    assertThatThrownBy(() -> path.between(1, 0, 4)).hasMessage("noise needs a level above 0: 0.0");
    assertThatThrownBy(() -> path.between(Double.NaN, 1, 4))
        .hasMessage("noise needs a level above 0: NaN");
  }

  private static BrownianTree path(long seed) {
    return new BrownianTree(Rng.NV, seed, LOW, HIGH);
  }

  private static double[] way(BrownianTree path, double from, double to) {
    double[] way = toDoubles(path.between(from, to, COUNT));
    double length = Math.sqrt((double) (float) to - (float) from);
    for (int i = 0; i < way.length; i++) {
      way[i] *= length;
    }
    return way;
  }
}
