package dev.sdlora.sampler.schedule;

import static dev.sdlora.sampler.CloseAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Schedule;
import dev.sdlora.sampler.Fixtures;
import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SchedulesTest {
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  @ParameterizedTest
  @CsvSource({
    "NORMAL, discrete, 5",
    "NORMAL, discrete, 10",
    "NORMAL, discrete, 20",
    "KARRAS, karras, 1",
    "KARRAS, karras, 5",
    "KARRAS, karras, 10",
    "KARRAS, karras, 20"
  })
  void sigmas_model_equalsKDiffusion(Schedule schedule, String name, int steps) {
    double[] expected =
        Fixtures.tensors("schedules.safetensors").doubles("sched." + name + "." + steps);

    assertClose(values(Schedules.sigmas(schedule, steps, LEVELS)), expected, 1e-12, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "NORMAL, 14.6146 7.8399 4.6092 2.9183 1.9502 1.3449 0.9324 0.6250 0.3687 0.0292 0",
    "KARRAS, 14.6146 9.1029 5.4784 3.1686 1.7494 0.9141 0.4469 0.2014 0.0819 0.0292 0"
  })
  void sigmas_tenSteps_equalA1111(Schedule schedule, String list) {
    double[] expected = Arrays.stream(list.split(" ", -1)).mapToDouble(Double::valueOf).toArray();

    assertClose(values(Schedules.sigmas(schedule, 10, LEVELS)), expected, 0, 5e-5);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AUTOMATIC")
  void sigmas_oneStep_goesFromTheTopToZero(Schedule schedule) {
    double[] expected = {LEVELS.sigmaMax(), 0};

    assertClose(values(Schedules.sigmas(schedule, 1, LEVELS)), expected, 1e-12, 0);
  }

  /** Sigmas itself refuses levels that do not strictly decrease. */
  @Property
  void sigmas_anySteps_descendFromTopOverBottomToZero(@ForAll @IntRange(min = 2, max = 200) int n) {
    for (Schedule schedule : new Schedule[] {Schedule.NORMAL, Schedule.KARRAS}) {
      Sigmas sigmas = Schedules.sigmas(schedule, n, LEVELS);

      assertThat(sigmas.steps()).isEqualTo(n);
      double[] ends = {sigmas.at(0), sigmas.at(n - 1), sigmas.at(n)};
      assertClose(ends, new double[] {LEVELS.sigmaMax(), LEVELS.sigmaMin(), 0}, 1e-12, 0);
    }
  }

  @Test
  void sigmas_automatic_isRefused() {
    assertThatThrownBy(() -> Schedules.sigmas(Schedule.AUTOMATIC, 10, LEVELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("schedule must be resolved by Sampler.automaticSchedule(): AUTOMATIC");
  }

  /** Time steps by A1111's formula: range(0, 1000, 1000 // steps) + 1, clipped to 999, reversed. */
  @ParameterizedTest
  @CsvSource({
    "2, 501 1",
    "3, 999 667 334 1",
    "7, 995 853 711 569 427 285 143 1",
    "9, 1000 889 778 667 556 445 334 223 112 1"
  })
  void ddim_fewSteps_visitA1111sTimes(int steps, String list) {
    double[] times =
        Arrays.stream(list.split(" ", -1))
            .mapToDouble(Double::valueOf)
            .map(time -> LEVELS.timeToSigma(Math.min(time, 999)))
            .toArray();

    assertThat(values(Schedules.ddim(steps, LEVELS))).isEqualTo(times);
  }

  @ParameterizedTest
  @CsvSource({
    "20, 19",
    "25, 24",
    "30, 30",
    "50, 49",
    "150, 166",
    "500, 499",
    "501, 998",
    "1000, 998"
  })
  void ddim_manySteps_makesA1111sNumber(int steps, int made) {
    Sigmas sigmas = Schedules.ddim(steps, LEVELS);

    assertThat(sigmas.steps()).isEqualTo(made);
    assertThat(sigmas.at(made)).isEqualTo(LEVELS.timeToSigma(1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, DDIM needs at least 2 steps: 0",
    "1, DDIM needs at least 2 steps: 1",
    "1001, DDIM has at most 1000 steps: 1001"
  })
  void ddim_stepsOutOfRange_isRefused(int steps, String message) {
    assertThatThrownBy(() -> Schedules.ddim(steps, LEVELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static double[] values(Sigmas sigmas) {
    return IntStream.rangeClosed(0, sigmas.steps()).mapToDouble(sigmas::at).toArray();
  }
}
