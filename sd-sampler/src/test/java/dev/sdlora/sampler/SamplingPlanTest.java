package dev.sdlora.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.Sampler;
import dev.sdlora.api.Schedule;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingPlanTest {
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  @ParameterizedTest
  @CsvSource({"DPMPP_2M, KARRAS", "EULER_A, NORMAL", "EULER, NORMAL"})
  void of_automaticSchedule_isTheSamplersOwn(Sampler sampler, Schedule own) {
    SamplingPlan plan = SamplingPlan.of(sampler, Schedule.AUTOMATIC, 10, LEVELS);

    assertThat(plan.sigmas()).hasToString(Schedules.sigmas(own, 10, LEVELS).toString());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DDIM")
  void scales_scheduledSampler_areTheFirstLevelAndOne(Sampler sampler) {
    SamplingPlan plan = SamplingPlan.of(sampler, Schedule.KARRAS, 10, LEVELS);

    assertThat(plan.startScale()).isCloseTo(14.614641229, within(1e-8));
    assertThat(plan.endScale()).isEqualTo(1);
  }

  @Test
  void scales_ddim_convertFromAndToUnitVariance() {
    SamplingPlan plan = SamplingPlan.of(Sampler.DDIM, Schedule.KARRAS, 20, LEVELS);
    double alphaOfTime1 =
        Fixtures.tensors("schedules.safetensors").doubles("sd15.alphas_cumprod_f64")[1];

    assertThat(plan.startScale()).isCloseTo(Math.hypot(1, plan.sigmas().at(0)), within(1e-12));
    assertThat(plan.endScale()).isCloseTo(Math.sqrt(alphaOfTime1), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void of_fewerThanOneStep_isRefused(int steps) {
    assertThatThrownBy(() -> SamplingPlan.of(Sampler.EULER, Schedule.AUTOMATIC, steps, LEVELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps must be at least 1: " + steps);
  }

  @Test
  void of_ddimWithOneStep_isRefused() {
    assertThatThrownBy(() -> SamplingPlan.of(Sampler.DDIM, Schedule.AUTOMATIC, 1, LEVELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("DDIM needs at least 2 steps: 1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void samplers_etaOutOfRange_isRefused(double eta) {
    assertThatThrownBy(() -> new EulerAncestral(eta, 1))
        .hasMessage("eta must be finite and not negative: " + eta);
    assertThatThrownBy(() -> new EulerAncestral(1, eta))
        .hasMessage("sNoise must be finite and not negative: " + eta);
    assertThatThrownBy(() -> new Ddim(eta)).hasMessage("eta must be from 0 to 1: " + eta);
  }

  @Test
  void run_denoiserOfOtherLength_isRefused() {
    SamplingPlan plan = SamplingPlan.of(Sampler.EULER, Schedule.AUTOMATIC, 2, LEVELS);

    assertThatThrownBy(
            () ->
                plan.run(
                    (x, sigma) -> new float[3],
                    new float[4],
                    new RecordedNoise(),
                    StepObserver.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("latents must be of one length: 4 and 3");
  }
}
