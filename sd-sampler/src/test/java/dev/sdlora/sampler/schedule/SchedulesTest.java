package dev.sdlora.sampler.schedule;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
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
    "EXPONENTIAL, exponential, 5",
    "EXPONENTIAL, exponential, 10",
    "EXPONENTIAL, exponential, 20",
    "POLYEXPONENTIAL, polyexponential_rho1, 1",
    "POLYEXPONENTIAL, polyexponential_rho1, 5",
    "POLYEXPONENTIAL, polyexponential_rho1, 20",
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

    assertClose(values(sigmas(schedule, steps)), expected, 1e-12, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "NORMAL, 14.6146 7.8399 4.6092 2.9183 1.9502 1.3449 0.9324 0.6250 0.3687 0.0292 0",
    "EXPONENTIAL, 14.6146 7.3249 3.6712 1.8400 0.9222 0.4622 0.2317 0.1161 0.0582 0.0292 0",
    "SGM_UNIFORM, 14.6146 8.3072 5.0924 3.3251 2.2797 1.6156 1.1629 0.8319 0.5712 0.3437 0",
    "SIMPLE, 14.6146 8.3028 5.0878 3.3211 2.2765 1.6129 1.1606 0.8299 0.5693 0.3417 0",
    "DDIM, 8.3907 5.1344 3.3478 2.2929 1.6237 1.1682 0.8357 0.5741 0.3462 0.0413 0",
    "KL_OPTIMAL, 14.6146 4.5650 2.6329 1.7864 1.2948 0.9616 0.7116 0.5094 0.3356 0.1783 0.0292",
    "BETA, 14.6146 13.9278 12.4910 10.5976 8.4424 6.2014 4.0462 2.1528 0.7160 0.0292 0",
    "ALIGN_YOUR_STEPS, 14.6150 6.1135 3.5651 2.3939 1.6500 1.1358 0.7425 0.4450 0.1692 0.0290 0",
    "KARRAS, 14.6146 9.1029 5.4784 3.1686 1.7494 0.9141 0.4469 0.2014 0.0819 0.0292 0"
  })
  void sigmas_tenSteps_equalA1111(Schedule schedule, String list) {
    double[] expected = Arrays.stream(list.split(" ", -1)).mapToDouble(Double::valueOf).toArray();

    assertClose(values(sigmas(schedule, 10)), expected, 0, 5e-5);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"AUTOMATIC", "DDIM", "KL_OPTIMAL", "ALIGN_YOUR_STEPS"})
  void sigmas_oneStep_goesFromTheTopToZero(Schedule schedule) {
    double[] expected = {LEVELS.sigmaMax(), 0};

    assertClose(values(sigmas(schedule, 1)), expected, 1e-12, 0);
  }

  @Test
  void sigmas_oneStepOfTheOthers_goesAsDocumented() {
    double[] kl = {LEVELS.sigmaMax(), LEVELS.sigmaMin()};

    assertClose(values(sigmas(Schedule.ALIGN_YOUR_STEPS, 1)), new double[] {14.615, 0}, 1e-12, 0);
    assertClose(values(sigmas(Schedule.KL_OPTIMAL, 1)), kl, 1e-12, 0);
    double[] ddim = {LEVELS.timeToSigma(1), 0};
    assertClose(values(sigmas(Schedule.DDIM, 1)), ddim, 1e-12, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "SD1, 14.615 6.475 3.861 2.697 1.886 1.396 0.963 0.652 0.399 0.152 0.029 0",
    "SD2, 14.615 6.475 3.861 2.697 1.886 1.396 0.963 0.652 0.399 0.152 0.029 0",
    "SDXL, 14.615 6.315 3.771 2.181 1.342 0.862 0.555 0.380 0.234 0.113 0.029 0",
    "SDXL_REFINER, 14.615 6.315 3.771 2.181 1.342 0.862 0.555 0.380 0.234 0.113 0.029 0"
  })
  void sigmas_alignYourSteps_isTheFamilysTable(ModelFamily family, String list) {
    double[] expected = Arrays.stream(list.split(" ", -1)).mapToDouble(Double::valueOf).toArray();
    Sigmas sigmas =
        Schedules.sigmas(Schedule.ALIGN_YOUR_STEPS, 11, LEVELS, family, SamplerOptions.DEFAULTS);

    assertClose(values(sigmas), expected, 1e-12, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "KARRAS, 0, karras_0.1_10, 10, 0.1, 10",
    "POLYEXPONENTIAL, 0.7, polyexponential_rho0.7, 5, 0, 0",
    "POLYEXPONENTIAL, 0.7, polyexponential_rho0.7, 20, 0, 0"
  })
  void sigmas_options_equalKDiffusion(
      Schedule schedule, double rho, String name, int steps, double low, double high) {
    SamplerOptions options = SamplerOptions.builder().rho(rho).sigmaMin(low).sigmaMax(high).build();
    double[] expected =
        Fixtures.tensors("schedules.safetensors").doubles("sched." + name + "." + steps);

    Sigmas sigmas = Schedules.sigmas(schedule, steps, LEVELS, ModelFamily.SD1, options);
    assertClose(values(sigmas), expected, 1e-12, 0);
  }

  @Test
  void sigmas_rangeThatIsEmpty_isRefused() {
    SamplerOptions options = SamplerOptions.builder().sigmaMin(20).build();

    assertThatThrownBy(() -> Schedules.sigmas(Schedule.KARRAS, 5, LEVELS, ModelFamily.SD1, options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("sigmaMin must be below sigmaMax: 20.0, 14.61");
  }

  /** {@code scipy.stats.beta.ppf(p, a, b)} of scipy 1.17.1. */
  @ParameterizedTest
  @CsvSource({
    "0.5, 0.6, 0.6, 0.5000000000000001",
    "0.1111111111111111, 0.6, 0.6, 0.04709181754904242",
    "0.8888888888888888, 0.6, 0.6, 0.9529081824509575",
    "0.01, 0.6, 0.6, 0.0008612388215429059",
    "0.999, 0.6, 0.6, 0.9999814412614826",
    "0.3, 2, 0.5, 0.7386793743590722",
    "0.7, 0.1, 1.5, 0.01592087705741591",
    "0.25, 1, 1, 0.25"
  })
  void quantile_anyShape_equalsScipy(double p, double a, double b, double expected) {
    assertThat(new BetaDistribution(a, b).quantile(p)).isCloseTo(expected, within(1e-12));
  }

  /** Sigmas itself rejects levels that do not strictly decrease. */
  @Property
  void sigmas_anySteps_descendFromTopOverBottomToZero(@ForAll @IntRange(min = 2, max = 200) int n) {
    for (Schedule schedule :
        new Schedule[] {Schedule.NORMAL, Schedule.KARRAS, Schedule.EXPONENTIAL, Schedule.BETA}) {
      Sigmas sigmas = sigmas(schedule, n);

      assertThat(sigmas.steps()).isEqualTo(n);
      double[] ends = {sigmas.at(0), sigmas.at(n - 1), sigmas.at(n)};
      assertClose(ends, new double[] {LEVELS.sigmaMax(), LEVELS.sigmaMin(), 0}, 1e-12, 0);
    }
  }

  @Test
  void sigmas_automatic_isRefused() {
    assertThatThrownBy(() -> sigmas(Schedule.AUTOMATIC, 10))
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
    "0, sampling on training times requires at least 2 steps: 0",
    "1, sampling on training times requires at least 2 steps: 1",
    "1001, sampling on training times has at most 1000 steps: 1001"
  })
  void ddim_stepsOutOfRange_isRefused(int steps, String message) {
    assertThatThrownBy(() -> Schedules.ddim(steps, LEVELS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Sigmas sigmas(Schedule schedule, int steps) {
    return Schedules.sigmas(schedule, steps, LEVELS, ModelFamily.SD1, SamplerOptions.DEFAULTS);
  }

  private static double[] values(Sigmas sigmas) {
    return IntStream.rangeClosed(0, sigmas.steps()).mapToDouble(sigmas::at).toArray();
  }
}
