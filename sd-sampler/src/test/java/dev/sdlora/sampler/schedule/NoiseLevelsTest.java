package dev.sdlora.sampler.schedule;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.sampler.Fixtures;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseLevelsTest {
  private static final Fixtures GOLDEN = Fixtures.tensors("schedules.safetensors");
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  @Test
  void stableDiffusion_everyTime_equalsReference() {
    double[] sigmas = IntStream.range(0, 1000).mapToDouble(LEVELS::timeToSigma).toArray();

    assertClose(sigmas, GOLDEN.doubles("sd15.sigmas_f64"), 1e-12, 0);
    assertThat(LEVELS.trainingSteps()).isEqualTo(1000);
    assertThat(LEVELS.sigmaMin()).isEqualTo(sigmas[0]);
    assertThat(LEVELS.sigmaMax()).isEqualTo(sigmas[999]);
  }

  /** A checkpoint's float32 table gives the same levels except for rounding. */
  @Test
  void ofAlphasCumprod_float32Table_equalsReference() {
    NoiseLevels levels = NoiseLevels.ofAlphasCumprod(GOLDEN.doubles("sd15.alphas_cumprod"));
    double[] sigmas = IntStream.range(0, 1000).mapToDouble(levels::timeToSigma).toArray();

    assertClose(sigmas, GOLDEN.doubles("sd15.sigmas_f64"), 5e-5, 0);
  }

  @Test
  void alphaCumprod_everyTime_belongsToTheLevel() {
    for (int time = 0; time < 1000; time++) {
      double alpha = LEVELS.alphaCumprod(time);
      assertThat(Math.sqrt((1 - alpha) / alpha)).isCloseTo(LEVELS.timeToSigma(time), within(1e-9));
    }
    // 1 - 0.00085, the fraction of the first step.
    assertThat(LEVELS.alphaCumprod(0)).isCloseTo(0.99915, within(1e-12));
  }

  @Test
  void zeroTerminalSnr_everyTimeButTheLast_equalsReference() {
    double[] expected = GOLDEN.doubles("zsnr.alphas_cumprod");
    NoiseLevels rescaled = LEVELS.zeroTerminalSnr();

    for (int time = 0; time < 999; time++) {
      assertThat(rescaled.alphaCumprod(time)).isCloseTo(expected[time], within(1e-6));
    }
    // A1111 has this value instead of the reference's 0.
    assertThat(rescaled.alphaCumprod(999)).isCloseTo(4.8973451890853435e-08, within(1e-15));
  }

  @Test
  void sigmaToTime_betweenAndOutsideLevels_equalsReference() {
    double[] times =
        Arrays.stream(GOLDEN.doubles("interp.sigma")).map(LEVELS::sigmaToTime).toArray();

    assertClose(times, GOLDEN.doubles("interp.sigma_to_t"), 1e-10, 1e-10);
  }

  @Test
  void timeToSigma_fractions_equalReference() {
    double[] sigmas = Arrays.stream(GOLDEN.doubles("interp.t")).map(LEVELS::timeToSigma).toArray();

    assertClose(sigmas, GOLDEN.doubles("interp.t_to_sigma"), 1e-12, 0);
  }

  @Test
  void sigmaToTime_trainingLevel_isTheWholeTime() {
    for (int time = 0; time < 1000; time++) {
      assertThat(LEVELS.sigmaToTime(LEVELS.timeToSigma(time))).isEqualTo(time);
    }
  }

  @Property
  void sigmaToTime_ofTimeToSigma_isTheTime(@ForAll @DoubleRange(min = 0, max = 999) double time) {
    assertThat(LEVELS.sigmaToTime(LEVELS.timeToSigma(time))).isCloseTo(time, within(1e-9));
  }

  @Property
  void timeToSigma_laterTime_isNoisier(
      @ForAll @DoubleRange(min = 0, max = 998.9) double time,
      @ForAll @DoubleRange(min = 0.01, max = 0.1) double later) {
    assertThat(LEVELS.timeToSigma(time + later)).isGreaterThan(LEVELS.timeToSigma(time));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.001, 999.001, Double.NaN})
  void timeToSigma_outOfRange_isRefused(double time) {
    assertThatThrownBy(() -> LEVELS.timeToSigma(time))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("time must be from 0 to 999: " + time);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN})
  void sigmaToTime_noLevel_isRefused(double sigma) {
    assertThatThrownBy(() -> LEVELS.sigmaToTime(sigma))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sigma must not be negative: " + sigma);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 0.9, 1, Double.NaN})
  void ofAlphasCumprod_notFallingInsideZeroToOne_isRefused(double second) {
    assertThatThrownBy(() -> NoiseLevels.ofAlphasCumprod(new double[] {0.9, second}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "alphas_cumprod must strictly decrease inside (0, 1): [1]=" + second + " after 0.9");
  }

  @Test
  void ofAlphasCumprod_oneValue_isRefused() {
    assertThatThrownBy(() -> NoiseLevels.ofAlphasCumprod(new double[] {0.9}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alphas_cumprod must have at least two values: 1");
  }
}
