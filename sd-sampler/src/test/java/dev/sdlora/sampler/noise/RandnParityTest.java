package dev.sdlora.sampler.noise;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.Fixtures;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares consecutive draws of several lengths with PyTorch and A1111, for six seeds. */
class RandnParityTest {
  /** PyTorch's vectorized float32 logarithm and cosine differ from exact ones by a few 1e-7. */
  private static final double TOLERANCE = 2e-6;

  /** For sums, the average error of each number. */
  private static final double SUM_TOLERANCE = 1e-8;

  static Stream<Arguments> cases() {
    JsonNode cases = Fixtures.json("randn.json").path("cases");
    return StreamSupport.stream(cases.spliterator(), false)
        .flatMap(
            seed ->
                Arrays.stream(Rng.values())
                    .map(
                        rng ->
                            Arguments.of(
                                rng,
                                seed.path("seed").longValue(),
                                seed.path(rng.name().toLowerCase(Locale.ROOT)))));
  }

  @ParameterizedTest(name = "{0} seed {1}")
  @MethodSource("cases")
  void next_consecutiveDraws_equalReference(Rng rng, long seed, JsonNode draws) {
    NoiseSource noise = Noise.of(rng, seed);
    assertThat(draws).hasSizeGreaterThan(5);

    for (JsonNode draw : draws) {
      double[] drawn = toDoubles(noise.next(draw.path("n").intValue()));

      double[] head = Fixtures.numbers(draw.path("first24"));
      double[] tail = Fixtures.numbers(draw.path("last8"));
      assertClose(Arrays.copyOf(drawn, head.length), head, 0, TOLERANCE);
      assertClose(
          Arrays.copyOfRange(drawn, drawn.length - tail.length, drawn.length), tail, 0, TOLERANCE);
      double slack = TOLERANCE + SUM_TOLERANCE * drawn.length;
      assertThat(Arrays.stream(drawn).sum())
          .isCloseTo(draw.path("sum").doubleValue(), within(slack));
      assertThat(Arrays.stream(drawn).map(x -> x * x).sum())
          .isCloseTo(draw.path("sumsq").doubleValue(), within(2 * slack));
    }
  }

  /** A1111's own example, with its numbers to nine digits. */
  @Test
  void philox_seed0Twice_equalsA1111() {
    NoiseSource noise = Noise.of(Rng.NV, 0);

    double[] first = {
      -0.92466259, -0.42534415, -2.6438457, 0.14518388, -0.12086647, -0.57972564,
      -0.62285122, -0.32838709, -1.07454231, -0.36314407, -1.67105067, 2.26550497
    };
    assertClose(toDoubles(noise.next(12)), first, 0, TOLERANCE);
    assertClose(toDoubles(noise.next(2)), new double[] {0.18082589, -0.5522627}, 0, TOLERANCE);
  }

  @Test
  void mersenne_seed0_equalsTorch() {
    double[] small = {1.5410, -0.2934, -2.1788, 0.5684};
    assertClose(toDoubles(Noise.of(Rng.CPU, 0).next(4)), small, 0, 5e-5);

    NoiseSource noise = Noise.of(Rng.CPU, 0);
    double[] first = {-1.1258, -1.1524, -0.2506, -0.4339, 0.8487, 0.6920};
    assertClose(Arrays.copyOf(toDoubles(noise.next(16384)), 6), first, 0, 5e-5);
    double[] second = {-0.5518, 1.5398, 1.0036, -0.7948};
    assertClose(Arrays.copyOf(toDoubles(noise.next(16384)), 4), second, 0, 5e-5);
  }
}
