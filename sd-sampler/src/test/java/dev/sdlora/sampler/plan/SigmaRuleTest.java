package dev.sdlora.sampler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.SigmaRule;
import dev.sdlora.sampler.schedule.NoiseLevels;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigmaRuleTest {
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  @ParameterizedTest
  @EnumSource
  void levels_ofEverySampler_areWhatTheApiSays(Sampler sampler) {
    SigmaRule rule = SamplingMethods.of(sampler, LEVELS, SamplerOptions.DEFAULTS).levels();

    assertThat(rule.variancePreserving()).isEqualTo(sampler.onTimesteps());
    assertThat(rule != SigmaRule.SCHEDULED).isEqualTo(sampler.ignoresSchedule());
    for (Schedule schedule : Schedule.values()) {
      SigmaRule asked = rule.of(new SamplingSettings(sampler, schedule, 4), LEVELS);
      assertThat(rule == SigmaRule.SCHEDULED || asked != rule)
          .as("%s", schedule)
          .isEqualTo(sampler.follows(schedule));
    }
  }
}
