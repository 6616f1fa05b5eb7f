package dev.sdlora.api.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the names of samplers and schedules, and A1111's flags of each. */
class SamplerTest {
  @ParameterizedTest
  @CsvSource({
    "DPM++ 2M, DPMPP_2M",
    "dpmpp_2m, DPMPP_2M",
    "k_dpmpp_2m_sde_heun, DPMPP_2M_SDE_HEUN",
    "K_EULER_ANCESTRAL, EULER_A",
    "euler a, EULER_A",
    "DPM++ 2S a, DPMPP_2S_A",
    "DPM adaptive, DPM_ADAPTIVE",
    "DDIM CFG++, DDIM_CFGPP",
    "restart, RESTART",
    "k_lcm, LCM"
  })
  void parse_labelsAndAliases_areKnown(String name, Sampler sampler) {
    assertThat(Sampler.parse(name)).isEqualTo(sampler);
  }

  @ParameterizedTest
  @EnumSource
  void parse_everyName_isUnique(Sampler sampler) {
    Stream.concat(Stream.of(sampler.label(), sampler.name()), sampler.aliases().stream())
        .forEach(name -> assertThat(Sampler.parse(name)).isEqualTo(sampler));
  }

  @ParameterizedTest
  @EnumSource
  void parse_everyNameOfASchedule_isUnique(Schedule schedule) {
    Stream.concat(Stream.of(schedule.label(), schedule.name()), schedule.aliases().stream())
        .forEach(name -> assertThat(Schedule.parse(name)).isEqualTo(schedule));
  }

  @ParameterizedTest
  @CsvSource({
    "DPM++ 2M Karras, DPMPP_2M, KARRAS",
    "DPM++ 2M SDE Heun Exponential, DPMPP_2M_SDE_HEUN, EXPONENTIAL",
    "k_dpmpp_2m_ka, DPMPP_2M, KARRAS",
    "k_dpmpp_3m_sde_exp, DPMPP_3M_SDE, EXPONENTIAL",
    "Euler a SGM Uniform, EULER_A, SGM_UNIFORM",
    "dpmpp_2m_karras, DPMPP_2M, KARRAS",
    "Euler, EULER,",
    "DDIM, DDIM,",
    "DPM++ 2M SDE, DPMPP_2M_SDE,"
  })
  void inName_withASchedule_findsBoth(String name, Sampler sampler, Schedule schedule) {
    assertThat(Sampler.inName(name)).isEqualTo(sampler);
    assertThat(Schedule.inName(name)).isEqualTo(Optional.ofNullable(schedule));
  }

  @Test
  void inName_unknown_listsTheKnown() {
    assertThatThrownBy(() -> Sampler.inName("Magic Karras"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("sampler 'Magic' is unknown; known values: DPM++ 2M,")
        .message()
        .doesNotContain("did you mean");
  }

  /** The flags are those of A1111 v1.10.1. */
  @Test
  void traits_everySampler_areA1111s() {
    assertThat(Arrays.stream(Sampler.values()).filter(Sampler::secondOrder))
        .containsExactlyInAnyOrder(
            Sampler.DPMPP_SDE,
            Sampler.DPMPP_2S_A,
            Sampler.HEUN,
            Sampler.DPM2,
            Sampler.DPM2_A,
            Sampler.RESTART);
    assertThat(Arrays.stream(Sampler.values()).filter(Sampler::usesEnsd))
        .containsExactlyInAnyOrder(
            Sampler.DPMPP_2S_A,
            Sampler.EULER_A,
            Sampler.DPM2_A,
            Sampler.DPM_FAST,
            Sampler.DPM_ADAPTIVE);
    assertThat(Arrays.stream(Sampler.values()).filter(Sampler::discardsNextToLastSigma))
        .containsExactlyInAnyOrder(Sampler.DPMPP_3M_SDE, Sampler.DPM2, Sampler.DPM2_A);
    assertThat(Arrays.stream(Sampler.values()).filter(Sampler::usesBrownianNoise))
        .containsExactlyInAnyOrder(
            Sampler.DPMPP_SDE,
            Sampler.DPMPP_2M_SDE,
            Sampler.DPMPP_2M_SDE_HEUN,
            Sampler.DPMPP_3M_SDE);
  }

  @ParameterizedTest
  @EnumSource
  void leastSteps_isWithinWhatUsersTake(Sampler sampler) {
    assertThat(sampler.leastSteps()).isBetween(1, 40);
  }
}
