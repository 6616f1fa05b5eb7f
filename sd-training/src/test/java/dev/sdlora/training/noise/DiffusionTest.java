package dev.sdlora.training.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusionTest {
  @ParameterizedTest
  @CsvSource({
    "0.9, 5, 0.5555556", // snr 9
    "0.5, 5, 1", // snr 1
    "0.1, 5, 1", // snr 1/9
    "0.99, 1, 0.0101010", // snr 99
  })
  void minSnrWeight_knownShares_areThePapers(double alpha, double gamma, double expected) {
    assertThat(Diffusion.minSnrWeight(alpha / (1 - alpha), OptionalDouble.of(gamma), false))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void minSnrWeight_ofVelocity_hasOneMoreBelow() {
    assertThat(Diffusion.minSnrWeight(9, OptionalDouble.of(5), true))
        .isCloseTo(0.5, within(1e-9)); // snr 9
  }

  @Test
  void velocity_knownShares_turnsByTheirAngle() {
    NoiseLevel level = new NoiseLevel(0, 0.8, 0.6, -0.6, 0.8);
    assertThat(level.target(2, -1)).isEqualTo(0.8f * -1 - 0.6f * 2);
  }

  @Test
  void minSnrWeight_noGamma_isOne() {
    assertThat(Diffusion.minSnrWeight(9999, OptionalDouble.empty(), false)).isEqualTo(1);
  }

  @Test
  void noisy_knownShares_keepsVariance() {
    assertThat(new NoiseLevel(0, 0.8, 0.6, 0, 1).noisy(2, -1)).isEqualTo(0.8f * 2 - 0.6f);
  }

  @Test
  void addOffset_twoChannels_movesEachAsAWhole() {
    float[] noise = {0, 1, 2, 3, 4, 5};

    Diffusion.addOffset(noise, new float[] {1, -2}, 0.5);

    assertThat(noise).containsExactly(0.5f, 1.5f, 2.5f, 2, 3, 4);
  }
}
