package dev.sdlora.families.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.families.denoise.GuidanceEmbedding;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionTest {
  /** Table 1 of Karras et al. 2022 with a standard deviation of 0.5, term by term. */
  @ParameterizedTest
  @ValueSource(doubles = {0.002, 0.5, 3, 80})
  void edm_isKarrasTable(double sigma) {
    double data = 0.5;
    double skip = data * data / (sigma * sigma + data * data);
    double out = sigma * data / Math.sqrt(data * data + sigma * sigma);
    double in = 1 / Math.sqrt(sigma * sigma + data * data);
    NoiseLevels levels = NoiseLevels.logarithmic(0.002, 80);
    assertThat(Prediction.EDM.clean(1.7, sigma, -0.3))
        .isCloseTo(skip * 1.7 + out * -0.3, within(1e-12));
    assertThat(Prediction.EDM.scaleIn(sigma)).isCloseTo(in, within(1e-12));
    assertThat(Prediction.EDM.time(sigma, levels)).isCloseTo(0.25 * Math.log(sigma), within(1e-12));
  }

  /** For a perfect network, the predicted v gives exactly the clean latent. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 1, 120})
  void edmV_ofTheTrueVelocity_isTheCleanLatent(double sigma) {
    double clean = 0.8;
    double noise = -1.1;
    double a = 1 / Math.sqrt(sigma * sigma + 1);
    double velocity = a * noise - sigma * a * clean;
    assertThat(Prediction.EDM_V.clean(clean + sigma * noise, sigma, velocity))
        .isCloseTo(clean, within(1e-9));
    assertThat(Prediction.EDM_V.time(sigma, NoiseLevels.logarithmic(0.002, 120)))
        .isCloseTo(Math.log(sigma) / 4, within(1e-12));
  }

  @Test
  void sample_isTheCleanLatentWhateverTheNoise() {
    assertThat(Prediction.SAMPLE.clean(5, 14.6, 0.8)).isEqualTo(0.8);
    assertThat(Prediction.SAMPLE.scaleIn(14.6)).isEqualTo(Prediction.EPSILON.scaleIn(14.6));
  }

  @Test
  void logarithmic_levels_areEvenlySpacedInTheirLogarithm() {
    NoiseLevels levels = NoiseLevels.logarithmic(0.002, 80);
    assertThat(levels.sigmaMin()).isCloseTo(0.002, within(1e-12));
    assertThat(levels.sigmaMax()).isCloseTo(80, within(1e-9));
    assertThat(levels.timeToSigma(499.5)).isCloseTo(Math.sqrt(0.002 * 80), within(1e-9));
    assertThat(levels.nearestTime(levels.timeToSigma(300.4))).isEqualTo(300);
    assertThat(levels.nearestTime(levels.timeToSigma(300.6))).isEqualTo(301);
  }

  @Test
  void latentFormat_thereAndBack_isTheSame() {
    LatentFormat format = new LatentFormat(0.5, List.of(-1.6, 1.9), List.of(8.5, 5.9));
    float[] latent = format.toUnitVariance(new float[] {1, 2, 3, 4}, 2, 2);
    assertThat(latent[0]).isCloseTo((float) ((1 + 1.6) * 0.5 / 8.5), within(1e-6f));
    assertThat(latent[3]).isCloseTo((float) ((4 - 1.9) * 0.5 / 5.9), within(1e-6f));
    assertThat(format.fromUnitVariance(latent, 2, 2))
        .containsExactly(new float[] {1, 2, 3, 4}, within(1e-5f));
  }

  @Test
  void latentFormat_ofNormalisedNeighbours_joinsThemInTheirChannelsOrder() {
    float[] means = {0, 0, 0, 0, 0, 0, 0, 100};
    float[] variances = {1, 1, 1, 1, 1, 1, 1, 4};
    LatentFormat format = LatentFormat.normalisedBy(means, variances);
    float[] latent = new float[2 * 2 * 4];
    for (int i = 0; i < latent.length; i++) {
      latent[i] = i;
    }
    float[] unit = format.toUnitVariance(latent, 2, 4);
    assertThat(unit[0]).isEqualTo(0);
    assertThat(unit[3]).isCloseTo((float) (3 / Math.sqrt(1.0001)), within(1e-6f));
    assertThat(unit[4]).isCloseTo((float) (4 / Math.sqrt(1.0001)), within(1e-6f));
    assertThat(unit[14]).isCloseTo((float) ((13 - 100) / Math.sqrt(4.0001)), within(1e-5f));
    assertThat(format.fromUnitVariance(unit, 2, 4)).containsExactly(latent, within(1e-5f));
  }

  /** Sines come first, and the slowest period last, unlike the embedding of timesteps. */
  @Test
  void guidanceEmbedding_ofAScale_isThatOfAThousandTimesItsExcess() {
    float[] numbers = GuidanceEmbedding.of(8.5, 256);
    assertThat(numbers[0]).isCloseTo((float) Math.sin(7500), within(1e-4f));
    assertThat(numbers[128]).isCloseTo((float) Math.cos(7500), within(1e-4f));
    assertThat(numbers[127]).isCloseTo((float) Math.sin(0.75), within(1e-4f));
    assertThat(GuidanceEmbedding.of(8.5, 0)).isEmpty();
  }
}
