package dev.sdlora.sampler.plan;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.Calls;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.Unguided;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampling of rectified flows, by plans. */
class FlowSamplingTest {
  private static final int LENGTH = 4_000;
  private static final NoiseLevels LEVELS = NoiseLevels.flow(3);

  private static final Set<Sampler> REFUSED =
      Set.of(
          Sampler.DDIM,
          Sampler.DDIM_CFGPP,
          Sampler.PLMS,
          Sampler.PNDM,
          Sampler.UNIPC,
          Sampler.TCD,
          Sampler.DPM_FAST,
          Sampler.DPM_ADAPTIVE);

  static Stream<Sampler> samplers() {
    return Stream.of(Sampler.values()).filter(sampler -> !REFUSED.contains(sampler));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void run_perfectDenoiser_landsOnItsTarget(Sampler sampler) {
    float[] target = noise(3);
    for (int steps : new int[] {1, 2, 3, 8, 40}) {
      float[] result = run(plan(sampler, steps, SamplerOptions.DEFAULTS), target);

      assertClose(toDoubles(result), toDoubles(target), 0, 2e-5);
    }
  }

  /**
   * For latents of unit variance the marginal deviation at sigma is known, and methods with fresh
   * noise must keep to it: of all signs of a wrong form the plainest.
   */
  @ParameterizedTest
  @MethodSource("samplers")
  void run_idealDenoiser_keepsTheDeviationOfTheData(Sampler sampler) {
    Denoiser ideal =
        (Unguided)
            (x, sigma) -> {
              double signal = 1 - sigma;
              return Latents.scale(signal / (signal * signal + sigma * sigma), x);
            };
    SamplingPlan plan = plan(sampler, 200, SamplerOptions.builder().sChurn(20).build());

    float[] result = plan.run(ideal, noise(1), Noise.of(Rng.NV, 7), StepObserver.NONE);

    assertThat(deviation(result)).isCloseTo(1, offset(sampler == Sampler.LCM ? 0.6 : 0.05));
  }

  @Test
  void run_picture_startsFromTheMixture() {
    SamplingPlan plan = plan(Sampler.EULER, 8, SamplerOptions.DEFAULTS).from(3);
    float[] picture = noise(3);
    float[] unitNoise = noise(4);
    Calls calls = new Calls((Unguided) (x, sigma) -> x);

    plan.run(calls, picture, unitNoise, Noise.of(Rng.NV, 1), calls);

    double sigma = plan.sigmas().at(0);
    assertThat(sigma).isCloseTo(0.75, offset(1e-12));
    assertThat(calls.seen().get(0))
        .isEqualTo(Latents.combine(1 - sigma, picture, sigma, unitNoise));
    assertThat(plan.steps()).isEqualTo(4);
  }

  @Test
  void startScale_sgmNoiseMultiplier_isOneForFlows() {
    SamplerOptions sgm = SamplerOptions.builder().sgmNoiseMultiplier(true).build();

    assertThat(plan(Sampler.EULER, 4, sgm).startScale()).isEqualTo(1);
    assertThat(plan(Sampler.EULER, 4, sgm).endScale()).isEqualTo(1);
  }

  @Test
  void of_shift_movesTheLevels() {
    SamplerOptions shift = SamplerOptions.builder().shift(6).build();

    assertThat(plan(Sampler.EULER, 4, shift).sigmas().at(2)).isCloseTo(6.0 / 7, offset(1e-12));
    assertThatThrownBy(
            () ->
                SamplingPlan.of(
                    new SamplingSettings(Sampler.EULER, Schedule.AUTOMATIC, 4, shift),
                    NoiseLevels.stableDiffusion(),
                    ModelFamily.SD1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shift is for models that are rectified flows");
  }

  @ParameterizedTest
  @EnumSource
  void of_samplerWithoutFlowForm_isRefused(Sampler sampler) {
    if (REFUSED.contains(sampler)) {
      assertThatThrownBy(() -> plan(sampler, 8, SamplerOptions.DEFAULTS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(sampler.label())
          .hasMessageContaining("rectified flows");
    } else {
      assertThat(plan(sampler, 8, SamplerOptions.DEFAULTS).sigmas().at(0)).isEqualTo(1);
    }
  }

  @Test
  void of_lcm_followsTheSchedule() {
    SamplingPlan plan =
        SamplingPlan.of(
            new SamplingSettings(Sampler.LCM, Schedule.SIMPLE, 4), LEVELS, ModelFamily.SD1);

    assertThat(plan.sigmas().at(1)).isCloseTo(0.9, offset(1e-12));
  }

  @ParameterizedTest
  @EnumSource(names = {"EULER_A", "DPM2_A", "DPMPP_2S_A", "DPMPP_SDE", "DPMPP_2M_SDE", "LCM"})
  void sample_etaZeroOrMost_drawsNoiseOnlyWithEta(Sampler sampler) {
    for (double eta : new double[] {0, 10}) {
      SamplerOptions options = SamplerOptions.builder().eta(eta).build();
      int[] draws = {0};
      float[] result =
          plan(sampler, 6, options)
              .run(
                  (Unguided) (x, sigma) -> noise(3),
                  noise(1),
                  count -> {
                    draws[0]++;
                    return noise(5);
                  },
                  StepObserver.NONE);
      assertThat(draws[0] == 0).isEqualTo(eta == 0 && sampler != Sampler.LCM);
      assertClose(toDoubles(result), toDoubles(noise(3)), 0, 2e-5);
    }
  }

  private static SamplingPlan plan(Sampler sampler, int steps, SamplerOptions options) {
    return SamplingPlan.of(
        new SamplingSettings(sampler, Schedule.AUTOMATIC, steps, options), LEVELS, ModelFamily.SD1);
  }

  private static float[] run(SamplingPlan plan, float[] target) {
    return plan.run(
        (Unguided) (x, sigma) -> target, noise(1), Noise.of(Rng.NV, 7), StepObserver.NONE);
  }

  private static float[] noise(long seed) {
    return Noise.of(Rng.CPU, seed).next(LENGTH);
  }

  private static double deviation(float[] x) {
    double squares = 0;
    for (float value : x) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / x.length);
  }
}
