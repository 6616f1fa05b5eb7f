package dev.sdlora.api.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FewStepsTest {
  @ParameterizedTest
  @CsvSource({
    "LCM, 4, LCM, TRAILING, 4, 1",
    "LIGHTNING, 8, EULER, TRAILING, 8, 1",
    "HYPER, 8, DDIM, TRAILING, 8, 1",
    "HYPER, 12, DDIM, TRAILING, 12, 5",
    "HYPER, 1, TCD, TRAILING, 1, 1",
    "TCD, 4, TCD, TRAILING, 4, 1",
    "PCM, 2, DDIM, TRAILING, 2, 1",
    "TURBO, 1, EULER_A, TRAILING, 1, 1"
  })
  void fewSteps_alone_setsWhatTheAuthorsSay(
      FewSteps method, int asked, Sampler sampler, Schedule schedule, int steps, double cfgScale) {
    PromptSpec spec = PromptSpec.builder().fewSteps(method, asked).build();

    assertThat(spec.sampler()).isEqualTo(sampler);
    assertThat(spec.schedule()).isEqualTo(schedule);
    assertThat(spec.steps()).isEqualTo(steps);
    assertThat(spec.cfgScale()).isEqualTo(cfgScale);
  }

  @Test
  void fewSteps_finerSettings_areThoseOfTheMethod() {
    assertThat(options(FewSteps.PCM, 4).endAtSigmaMin()).contains(true);
    assertThat(options(FewSteps.HYPER, 1).etaDdim()).hasValue(1);
    assertThat(options(FewSteps.TCD, 4).etaDdim()).hasValue(0.3);
    assertThat(options(FewSteps.LIGHTNING, 4)).isEqualTo(SamplerOptions.DEFAULTS);
  }

  private static SamplerOptions options(FewSteps method, int steps) {
    return PromptSpec.builder().fewSteps(method, steps).build().samplerOptions();
  }

  @ParameterizedTest
  @EnumSource
  void fewSteps_usualNumber_isSetAndParsesBack(FewSteps method) {
    assertThat(PromptSpec.builder().fewSteps(method).build().steps())
        .isEqualTo(method.usualSteps())
        .isBetween(method.leastSteps(), method.mostSteps());
    assertThat(FewSteps.parse(method.label())).isEqualTo(method);
    assertThat(FewSteps.parse(method.name())).isEqualTo(method);
  }

  @Test
  void fewSteps_explicitSettings_winInEitherOrder() {
    SamplerOptions finer = SamplerOptions.builder().endAtSigmaMin(false).sNoise(0.9).build();
    PromptSpec before =
        PromptSpec.builder()
            .steps(6)
            .sampler(Sampler.EULER)
            .schedule(Schedule.SGM_UNIFORM)
            .cfgScale(2)
            .samplerOptions(finer)
            .fewSteps(FewSteps.PCM)
            .build();
    PromptSpec after =
        PromptSpec.builder()
            .fewSteps(FewSteps.PCM)
            .samplerOptions(finer)
            .cfgScale(2)
            .schedule(Schedule.SGM_UNIFORM)
            .sampler(Sampler.EULER)
            .steps(6)
            .build();

    assertThat(before).isEqualTo(after).hasSameHashCodeAs(after);
    assertThat(before.steps()).isEqualTo(6);
    assertThat(before.sampler()).isEqualTo(Sampler.EULER);
    assertThat(before.schedule()).isEqualTo(Schedule.SGM_UNIFORM);
    assertThat(before.cfgScale()).isEqualTo(2);
    assertThat(before.samplerOptions()).isEqualTo(finer);
  }

  @Test
  void fewSteps_partlyExplicit_setsTheRest() {
    PromptSpec spec =
        PromptSpec.builder()
            .samplerOptions(SamplerOptions.builder().cfgRescale(0.5).build())
            .steps(20)
            .fewSteps(FewSteps.PCM, 8)
            .build();

    assertThat(spec.steps()).isEqualTo(20);
    assertThat(spec.sampler()).isEqualTo(Sampler.DDIM);
    assertThat(spec.samplerOptions().cfgRescale()).isEqualTo(0.5);
    assertThat(spec.samplerOptions().endAtSigmaMin()).contains(true);
  }

  /** The values of a spec are the builder's starting point, not explicit choices of its caller. */
  @Test
  void fewSteps_onADerivedBuilder_replacesTheValuesOfTheSpec() {
    PromptSpec slow =
        PromptSpec.builder().steps(30).sampler(Sampler.HEUN).cfgScale(7).seed(5).build();
    PromptSpec pcm = slow.toBuilder().fewSteps(FewSteps.PCM).build();

    PromptSpec fast = pcm.toBuilder().fewSteps(FewSteps.LIGHTNING).build();

    assertThat(fast).isEqualTo(PromptSpec.builder().seed(5).fewSteps(FewSteps.LIGHTNING).build());
    assertThat(pcm.toBuilder().images(2).build().samplerOptions().endAtSigmaMin()).contains(true);
  }

  @Test
  void fewSteps_builderUsedFurther_isNotChangedByBuild() {
    PromptSpec.Builder builder = PromptSpec.builder().fewSteps(FewSteps.TURBO);

    assertThat(builder.build().steps()).isEqualTo(1);
    assertThat(builder.fewSteps(FewSteps.LCM, 6).build().steps()).isEqualTo(6);
    assertThat(builder.steps(3).build().steps()).isEqualTo(3);
  }

  @Test
  @SuppressWarnings("NullAway") // The point of the test.
  void fewSteps_numberThatItIsNotMadeFor_isRefused() {
    PromptSpec.Builder builder = PromptSpec.builder();

    assertThatThrownBy(() -> builder.fewSteps(FewSteps.LIGHTNING, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Lightning is made for 2 to 8 steps: 1");
    assertThatThrownBy(() -> builder.fewSteps(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("method");
    assertThatThrownBy(() -> FewSteps.parse("warp"))
        .hasMessageContaining("known values: LCM, Lightning, Hyper, TCD, PCM, Turbo");
  }
}
