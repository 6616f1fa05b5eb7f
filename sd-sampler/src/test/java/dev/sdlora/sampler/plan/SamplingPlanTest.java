package dev.sdlora.sampler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.RecordedNoise;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.Unguided;
import dev.sdlora.sampler.noise.ImageNoise;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.sampler.schedule.NoiseForm;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import dev.sdlora.sampler.singlestep.Ddim;
import dev.sdlora.sampler.singlestep.EulerAncestral;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingPlanTest {
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  @ParameterizedTest
  @CsvSource({
    "DPMPP_2M, KARRAS",
    "DPMPP_SDE, KARRAS",
    "DPMPP_2M_SDE, EXPONENTIAL",
    "DPMPP_2M_SDE_HEUN, EXPONENTIAL",
    "DPMPP_2S_A, KARRAS",
    "EULER_A, NORMAL",
    "EULER, NORMAL",
    "LMS, NORMAL",
    "HEUN, NORMAL",
    "RESTART, KARRAS",
    "DEIS, NORMAL"
  })
  void of_automaticSchedule_isTheSamplersOwn(Sampler sampler, Schedule own) {
    assertThat(plan(sampler, Schedule.AUTOMATIC, 10).sigmas())
        .hasToString(sigmas(own, 10).toString());
  }

  @ParameterizedTest
  @CsvSource({"DPM2, KARRAS", "DPM2_A, KARRAS", "DPMPP_3M_SDE, EXPONENTIAL"})
  void of_samplerThatDiscards_leavesOutTheLastLevelButOne(Sampler sampler, Schedule own) {
    assertThat(plan(sampler, Schedule.AUTOMATIC, 10).sigmas())
        .hasToString(sigmas(own, 11).withoutNextToLast().toString());
  }

  @Test
  void of_discardAsked_leavesItOutWithAnySampler() {
    SamplerOptions options = SamplerOptions.builder().discardNextToLastSigma(true).build();

    assertThat(plan(Sampler.EULER, Schedule.KARRAS, 5, options).sigmas())
        .hasToString(sigmas(Schedule.KARRAS, 6).withoutNextToLast().toString());
  }

  /** Half of UniPC's first time is 499.5. */
  @Test
  void of_uniPc_spreadsTheTimesOfAllLevels() {
    Sigmas sigmas = plan(Sampler.UNIPC, Schedule.AUTOMATIC, 20).sigmas();

    assertThat(sigmas.steps()).isEqualTo(20);
    assertThat(sigmas.at(0)).isEqualTo(LEVELS.sigmaMax());
    assertThat(sigmas.at(10)).isEqualTo(LEVELS.timeToSigma(499.5));
    assertThat(sigmas.at(20)).isEqualTo(LEVELS.sigmaMin());
  }

  @Test
  void of_consistencySamplers_haveTheTimesTheyWereTrainedOn() {
    Sigmas lcm = plan(Sampler.LCM, Schedule.AUTOMATIC, 50).sigmas();
    Sigmas tcd = plan(Sampler.TCD, Schedule.AUTOMATIC, 4).sigmas();

    for (int i = 0; i < 50; i++) {
      assertThat(lcm.at(i)).isCloseTo(LEVELS.timeToSigma(999 - 20 * i), within(1e-12));
    }
    double[] times = {999, 759, 499, 259, 0};
    for (int i = 0; i < times.length; i++) {
      assertThat(tcd.at(i)).isEqualTo(LEVELS.timeToSigma(times[i]));
    }
  }

  @ParameterizedTest
  @CsvSource({"EULER", "DDIM", "DDIM_CFGPP", "PLMS", "PNDM", "DPMPP_2M"})
  void of_trailing_startsAtTheLastTimeAndEndsAtZero(Sampler sampler) {
    Sigmas sigmas = plan(sampler, Schedule.TRAILING, 3).sigmas();

    double[] times = {999, 666, 332};
    for (int i = 0; i < times.length; i++) {
      assertThat(sigmas.at(i)).isEqualTo(LEVELS.timeToSigma(times[i]));
    }
    assertThat(sigmas.at(3)).isZero();
  }

  @Test
  void of_trailingThatEndsAtSigmaMin_leavesItsNoise() {
    SamplerOptions options = SamplerOptions.builder().endAtSigmaMin(true).build();

    Sigmas sigmas = plan(Sampler.DDIM, Schedule.TRAILING, 1, options).sigmas();

    assertThat(sigmas.at(0)).isEqualTo(LEVELS.sigmaMax());
    assertThat(sigmas.at(1)).isEqualTo(LEVELS.sigmaMin());
    assertThatThrownBy(() -> plan(Sampler.DDIM, Schedule.TRAILING, 700, options))
        .hasMessage(
            "steps are too many for a trailing schedule that ends at the lowest sigma: 700");
    assertThatThrownBy(() -> plan(Sampler.DDIM, Schedule.TRAILING, 1000))
        .hasMessageStartingWith("steps must be fewer than the model's 1000 training steps");
  }

  @Test
  void of_lcmOnTrailingTimes_hasThoseOfDiffusers() {
    SamplingPlan plan = plan(Sampler.LCM, Schedule.TRAILING, 4);

    double[] times = {999, 759, 499, 259};
    for (int i = 0; i < times.length; i++) {
      assertThat(plan.sigmas().at(i)).isEqualTo(LEVELS.timeToSigma(times[i]));
    }
    assertThat(plan.sigmas().at(4)).isZero();
    assertThat(plan.startScale()).isCloseTo(Math.hypot(1, LEVELS.sigmaMax()), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"DDIM", "LCM", "TCD", "EULER"})
  void from_trailing_isTheLastPart(Sampler sampler) {
    SamplingPlan whole = plan(sampler, Schedule.TRAILING, 8);

    SamplingPlan part = whole.from(3);

    assertThat(part.sigmas()).hasToString(whole.sigmas().from(4).toString());
  }

  @ParameterizedTest
  @EnumSource
  void scales_everySampler_areThoseOfItsForm(Sampler sampler) {
    SamplingPlan plan = plan(sampler, Schedule.AUTOMATIC, 10);
    double first = plan.sigmas().at(0);
    double last = plan.sigmas().at(plan.sigmas().steps());

    if (sampler.onTimesteps()) {
      assertThat(plan.startScale()).isCloseTo(Math.hypot(1, first), within(1e-12));
      assertThat(plan.endScale()).isCloseTo(1 / Math.hypot(1, last), within(1e-12));
    } else {
      assertThat(plan.startScale()).isEqualTo(first);
      assertThat(plan.endScale()).isEqualTo(1);
    }
  }

  @Test
  void startScale_sgmNoiseMultiplier_isThatOfUnitVariance() {
    SamplerOptions options = SamplerOptions.builder().sgmNoiseMultiplier(true).build();

    assertThat(plan(Sampler.EULER, Schedule.KARRAS, 10, options).startScale())
        .isCloseTo(Math.hypot(1, LEVELS.sigmaMax()), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "19, 19", "20, 20", "35, 35", "36, 36", "40, 40", "41, 41"})
  void steps_restart_areAsManyAsAskedFor(int asked, int made) {
    assertThat(plan(Sampler.RESTART, Schedule.AUTOMATIC, asked).steps()).isEqualTo(made);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void of_fewerThanOneStep_isRefused(int steps) {
    assertThatThrownBy(() -> plan(Sampler.EULER, Schedule.AUTOMATIC, steps))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps must be at least 1: " + steps);
  }

  @Test
  void of_stepsThatTheSamplerCannotMake_areRefused() {
    assertThatThrownBy(() -> plan(Sampler.DDIM, Schedule.AUTOMATIC, 1))
        .hasMessage("sampling on training times requires at least 2 steps: 1");
    assertThatThrownBy(() -> plan(Sampler.TCD, Schedule.AUTOMATIC, 51))
        .hasMessage("steps of a consistency sampler must be from 1 to 50: 51");
  }

  private static SamplingPlan plan(Sampler sampler, Schedule schedule, int steps) {
    return plan(sampler, schedule, steps, SamplerOptions.DEFAULTS);
  }

  private static SamplingPlan plan(
      Sampler sampler, Schedule schedule, int steps, SamplerOptions options) {
    return SamplingPlan.of(
        new SamplingSettings(sampler, schedule, steps, options), LEVELS, ModelFamily.SD1);
  }

  private static Sigmas sigmas(Schedule schedule, int steps) {
    return Schedules.sigmas(schedule, steps, LEVELS, ModelFamily.SD1, SamplerOptions.DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void samplers_etaOutOfRange_isRefused(double eta) {
    assertThatThrownBy(() -> new EulerAncestral(eta, 1, NoiseForm.exploding()))
        .hasMessage("eta must be finite and not negative: " + eta);
    assertThatThrownBy(() -> new EulerAncestral(1, eta, NoiseForm.exploding()))
        .hasMessage("sNoise must be finite and not negative: " + eta);
    assertThatThrownBy(() -> new Ddim(eta)).hasMessage("eta must be from 0 to 1: " + eta);
  }

  @Test
  void run_denoiserOfOtherLength_isRefused() {
    SamplingPlan plan = plan(Sampler.EULER, Schedule.AUTOMATIC, 2);

    assertThatThrownBy(
            () ->
                plan.run(
                    (Unguided) (x, sigma) -> new float[3],
                    new float[4],
                    new RecordedNoise(),
                    StepObserver.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("latents must have the same length: 4 and 3");
  }

  /** Numbers that do not fit into a float must not reach the caller as arithmetic errors. */
  @ParameterizedTest
  @EnumSource(Sampler.class)
  void run_oddLevelsAndSteps_failAsDocumentedOrNotAtAll(Sampler sampler) {
    SamplerOptions huge = SamplerOptions.builder().sigmaMax(1e308).build();
    assertDocumented(
        () -> {
          SamplingPlan plan =
              SamplingPlan.of(
                  new SamplingSettings(sampler, Schedule.KARRAS, 1, huge),
                  NoiseLevels.stableDiffusion(),
                  ModelFamily.SD1);
          if (sampler != Sampler.DPM_ADAPTIVE) {
            ImageNoise noise = new ImageNoise(Rng.NV, ImageSeeds.of(3), new LatentShape(4, 2, 2));
            plan.run((Unguided) (x, sigma) -> x, new float[16], noise, StepObserver.NONE);
          }
        });
    assertThatThrownBy(
            () ->
                SamplingPlan.of(
                    new SamplingSettings(sampler, Schedule.AUTOMATIC, Integer.MIN_VALUE),
                    NoiseLevels.stableDiffusion(),
                    ModelFamily.SD1))
        .isExactlyInstanceOf(IllegalArgumentException.class);
  }

  private static void assertDocumented(Runnable work) {
    Throwable thrown = catchThrowable(work::run);
    if (thrown != null) {
      assertThat(thrown).isExactlyInstanceOf(IllegalArgumentException.class);
    }
  }
}
