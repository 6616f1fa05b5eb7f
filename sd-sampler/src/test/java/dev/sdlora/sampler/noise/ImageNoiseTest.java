package dev.sdlora.sampler.noise;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.sampling.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImageNoiseTest {
  private static final LatentShape SHAPE = new LatentShape(4, 6, 8);

  @ParameterizedTest
  @EnumSource
  void draws_plainSeed_areThoseOfItsGenerator(Rng rng) {
    ImageNoise noise = new ImageNoise(rng, ImageSeeds.of(42), SHAPE);
    NoiseSource plain = Noise.of(rng, 42);

    assertThat(noise.first()).isEqualTo(plain.next(SHAPE.size()));
    assertThat(noise.next(SHAPE.size())).isEqualTo(plain.next(SHAPE.size()));
  }

  @ParameterizedTest
  @EnumSource
  void next_ensd_comesFromAGeneratorOfItsOwn(Rng rng) {
    ImageNoise noise = new ImageNoise(rng, new ImageSeeds(42, 0, 0, 31337), SHAPE);

    assertThat(noise.first()).isEqualTo(Noise.of(rng, 42).next(SHAPE.size()));
    assertThat(noise.next(SHAPE.size())).isEqualTo(Noise.of(rng, 42 + 31337).next(SHAPE.size()));
  }

  @Test
  void first_strengthOne_isTheVariation() {
    ImageNoise noise = new ImageNoise(Rng.NV, new ImageSeeds(1, 2, 1, 0), SHAPE);

    double[] variation = toDoubles(Noise.of(Rng.NV, 2).next(SHAPE.size()));
    assertClose(toDoubles(noise.first()), variation, 1e-6, 1e-6);
  }

  /** The mix of two columns of equal length has the same length and is in their plane. */
  @ParameterizedTest
  @CsvSource({"0.25", "0.5", "0.9"})
  void slerp_columnsAtRightAngles_turnsFromOneToTheOther(double strength) {
    LatentShape column = new LatentShape(1, 2, 1);

    float[] mixed = ImageNoise.slerp(strength, new float[] {3, 0}, new float[] {0, 3}, column);

    double angle = strength * Math.PI / 2;
    assertClose(toDoubles(mixed), new double[] {3 * Math.cos(angle), 3 * Math.sin(angle)}, 0, 1e-6);
  }

  /** Each column of each channel is rotated by its own angle. */
  @Test
  void slerp_severalColumns_turnEachOnItsOwn() {
    LatentShape two = new LatentShape(1, 2, 2);
    // Columns (1, 0) to (0, 1), and (1, 1) to (-1, 1), both pairs at right angles.
    float[] mixed = ImageNoise.slerp(0.5, new float[] {1, 1, 0, 1}, new float[] {0, -1, 1, 1}, two);

    double half = Math.sqrt(0.5);
    assertClose(toDoubles(mixed), new double[] {half, 0, half, 2 * half}, 0, 1e-6);
  }

  /** A1111's bug: if noises are parallel, the sides are swapped. */
  @Test
  void slerp_parallel_mixesSwapped() {
    LatentShape column = new LatentShape(1, 2, 1);

    float[] mixed = ImageNoise.slerp(0.25, new float[] {1, 2}, new float[] {2, 4}, column);

    assertClose(toDoubles(mixed), new double[] {1.75, 3.5}, 0, 1e-6);
  }

  @Test
  void first_smallerSource_liesInTheMiddle() {
    LatentShape source = new LatentShape(4, 4, 4);
    ImageNoise noise = new ImageNoise(Rng.NV, ImageSeeds.of(7), SHAPE, source);
    float[] around = Noise.of(Rng.NV, 7).next(SHAPE.size());
    float[] inside = Noise.of(Rng.NV, 7).next(source.size());

    float[] first = noise.first();

    for (int channel = 0; channel < 4; channel++) {
      for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 8; column++) {
          boolean in = row >= 1 && row < 5 && column >= 2 && column < 6;
          float expected =
              in
                  ? inside[source.index(channel, row - 1, column - 2)]
                  : around[SHAPE.index(channel, row, column)];
          assertThat(first[SHAPE.index(channel, row, column)]).isEqualTo(expected);
        }
      }
    }
  }

  /**
   * A1111 crops two of eleven columns on each side, so the last of eight columns keeps its own
   * noise.
   */
  @Test
  void first_widerSource_isCutAsInA1111() {
    LatentShape source = new LatentShape(4, 6, 11);
    ImageNoise noise = new ImageNoise(Rng.NV, ImageSeeds.of(7), SHAPE, source);
    float[] around = Noise.of(Rng.NV, 7).next(SHAPE.size());
    float[] inside = Noise.of(Rng.NV, 7).next(source.size());

    float[] first = noise.first();

    assertThat(first[SHAPE.index(2, 3, 0)]).isEqualTo(inside[source.index(2, 3, 2)]);
    assertThat(first[SHAPE.index(2, 3, 6)]).isEqualTo(inside[source.index(2, 3, 8)]);
    assertThat(first[SHAPE.index(2, 3, 7)]).isEqualTo(around[SHAPE.index(2, 3, 7)]);
  }

  @Test
  void image_severalPictures_countSeedsAsA1111() {
    assertThat(new ImageSeeds(10, 20, 0, 3).image(2)).isEqualTo(new ImageSeeds(12, 22, 0, 3));
    assertThat(new ImageSeeds(10, 20, 0.5, 3).image(2)).isEqualTo(new ImageSeeds(10, 22, 0.5, 3));
  }

  @Test
  void seedsAndShapes_outOfRange_areRefused() {
    assertThatThrownBy(() -> new ImageSeeds(1, 2, Double.NaN, 0))
        .hasMessage("variationStrength must be from 0 to 1: NaN");
    assertThatThrownBy(() -> new LatentShape(4, 0, 8))
        .hasMessage("a latent must have channels, height and width: 4, 0, 8");
  }
}
