package dev.sdlora.sampler.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.Fixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlowSchedulesTest {
  private static final JsonNode COMFY = Fixtures.json("flow_schedules.json").path("schedules");
  private static final JsonNode FLUX2 = Fixtures.json("flux2_schedule.json").path("cases");

  /** The references are float32, and exponentials there are off by a few of its digits. */
  private static final double FLOAT32 = 1e-6;

  private static final Map<String, NoiseLevels> MODELS =
      Map.of(
          "flux mu 1.15", NoiseLevels.flowWithMu(1.15),
          "flux2 mu 2.02", NoiseLevels.flux2(4096),
          "shift 1", NoiseLevels.flow(1),
          "shift 3", NoiseLevels.flow(3),
          "shift 6", NoiseLevels.flow(6),
          "shift 3 (sd3)", NoiseLevels.flow(3));

  private static final Map<String, Schedule> SCHEDULES =
      Map.of(
          "simple", Schedule.SIMPLE,
          "normal", Schedule.NORMAL,
          "sgm_uniform", Schedule.SGM_UNIFORM,
          "ddim_uniform", Schedule.DDIM,
          "beta", Schedule.BETA,
          "linear_quadratic", Schedule.LINEAR_QUADRATIC,
          "kl_optimal", Schedule.KL_OPTIMAL,
          "karras", Schedule.KARRAS,
          "exponential", Schedule.EXPONENTIAL);

  static Stream<Arguments> lists() {
    List<Arguments> lists = new ArrayList<>();
    MODELS.forEach(
        (model, levels) ->
            SCHEDULES.forEach(
                (name, schedule) ->
                    List.of(4, 8, 20)
                        .forEach(
                            steps ->
                                lists.add(Arguments.of(model, levels, name, schedule, steps)))));
    return lists.stream();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void sigmas_namedSchedule_areThoseOfComfyUi(
      String model, NoiseLevels levels, String name, Schedule schedule, int steps) {
    JsonNode expected = COMFY.path(model).path(name).path(Integer.toString(steps));

    Sigmas made = sigmas(schedule, steps, levels);

    assertClose(made, Fixtures.numbers(expected), FLOAT32);
  }

  @Test
  void flux2Mu_everyCase_isTheReferences() {
    for (JsonNode made : FLUX2) {
      int tokens = made.path("tokens").asInt();
      int steps = made.path("steps").asInt();
      assertThat(FlowForm.flux2Mu(tokens, steps))
          .as("%s tokens, %s steps", tokens, steps)
          .isCloseTo(made.path("mu").doubleValue(), offset(1e-12));
      if (made.path("sigmas").isArray()) {
        Sigmas own = sigmas(Schedule.AUTOMATIC, steps, NoiseLevels.flux2(tokens));
        assertClose(own, Fixtures.numbers(made.path("sigmas")), 1e-12);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 1 .95455 .9 .83333 .75 .64286 .5 .3 0",
    "6, 1 .97674 .94737 .90909 .85714 .78261 .66667 .46154 0"
  })
  void sigmas_automaticWithShift_areZImages(double shift, String published) {
    double[] expected = Stream.of(published.split(" ")).mapToDouble(Double::parseDouble).toArray();

    assertClose(sigmas(Schedule.AUTOMATIC, 8, NoiseLevels.flow(shift)), expected, 5e-6);
  }

  @ParameterizedTest
  @CsvSource({"1024, 0.6300", "2304, 0.8467", "4096, 1.15", "16, 0.459375"})
  void flux1Mu_isTheLineOverTheTokens(int tokens, double mu) {
    assertThat(FlowForm.flux1Mu(tokens)).isCloseTo(mu, offset(5e-5));
  }

  @Test
  void sigmas_ofFlux1_dependOnTheSizeOnlyInItsOwnSchedule() {
    assertClose(
        sigmas(Schedule.AUTOMATIC, 4, NoiseLevels.flux1(4096)),
        new double[] {1, .9045, .7595, .5128, 0},
        5e-5);
    assertThat(sigmas(Schedule.AUTOMATIC, 4, NoiseLevels.flux1(1024)).at(1))
        .isCloseTo(0.8492, offset(5e-5));
    for (int tokens : new int[] {1024, 4096}) {
      assertThat(sigmas(Schedule.SIMPLE, 4, NoiseLevels.flux1(tokens)).at(1))
          .isEqualTo(sigmas(Schedule.SIMPLE, 4, NoiseLevels.flowWithMu(1.15)).at(1));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "8, 3", "28, 3", "8, 2"})
  void sigmas_automaticOfStableDiffusion3_areNormal(int steps, double shift) {
    NoiseLevels levels = NoiseLevels.sd3(3).withShift(shift);
    Sigmas normal = sigmas(Schedule.NORMAL, steps, levels);
    Sigmas own = sigmas(Schedule.AUTOMATIC, steps, levels);
    assertThat(own.steps()).isEqualTo(steps);
    for (int i = 0; i <= steps; i++) {
      assertThat(own.at(i)).isCloseTo(normal.at(i), offset(1e-12));
    }
  }

  @Test
  void withShift_flux2_replacesTheShiftOfItsOwnSchedule() {
    NoiseLevels shifted = NoiseLevels.flux2(4096).withShift(3);

    assertThat(sigmas(Schedule.AUTOMATIC, 4, shifted).at(2)).isCloseTo(0.75, offset(1e-12));
    assertThat(sigmas(Schedule.SIMPLE, 4, shifted).at(2)).isCloseTo(0.75, offset(1e-12));
  }

  @Test
  void withShift_noFlow_isRefused() {
    assertThatThrownBy(() -> NoiseLevels.stableDiffusion().withShift(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rectified flow");
    assertThatThrownBy(() -> NoiseLevels.flow(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sigmas_alignYourStepsOrLevelsAbove1_areRefused() {
    assertThatThrownBy(() -> sigmas(Schedule.ALIGN_YOUR_STEPS, 8, NoiseLevels.flow(3)))
        .hasMessageContaining("Align Your Steps");
    SamplerOptions wide = SamplerOptions.builder().sigmaMax(14).build();
    assertThatThrownBy(
            () -> Schedules.sigmas(Schedule.KARRAS, 8, NoiseLevels.flow(3), ModelFamily.SD1, wide))
        .hasMessageContaining("at most 1");
  }

  @Property
  void sigmas_anyShiftAndSteps_startAtPureNoiseAndEndClean(
      @ForAll @DoubleRange(min = 0.1, max = 100) double shift,
      @ForAll @IntRange(min = 1, max = 150) int steps) {
    for (Schedule schedule : List.of(Schedule.AUTOMATIC, Schedule.SIMPLE, Schedule.BETA)) {
      Sigmas made = sigmas(schedule, steps, NoiseLevels.flow(shift));
      assertThat(made.at(0)).isEqualTo(1);
      assertThat(made.at(made.steps())).isZero();
      assertThat(made.steps()).isLessThanOrEqualTo(steps);
    }
  }

  @Property
  void sigmaToTime_ofTimeToSigma_isTheTime(
      @ForAll @DoubleRange(min = 0.1, max = 100) double shift,
      @ForAll @DoubleRange(min = 0, max = 999) double time) {
    NoiseLevels levels = NoiseLevels.flow(shift);

    assertThat(levels.sigmaToTime(levels.timeToSigma(time))).isCloseTo(time, offset(1e-8));
  }

  @Test
  void form_flow_mixesCleanLatentAndNoise() {
    NoiseForm form = NoiseLevels.flow(3).form();

    assertThat(form.isFlow()).isTrue();
    assertThat(form.signal(0.25)).isEqualTo(0.75);
    assertThat(form.sigma(form.ratio(0.25))).isCloseTo(0.25, offset(1e-15));
    assertThat(form.sigma(form.ratio(1))).isEqualTo(1);
    NoiseLevels levels = NoiseLevels.flow(3);
    assertThat(levels.zeroTerminalSnr()).isSameAs(levels);
    assertThatThrownBy(() -> NoiseLevels.flow(3).alphaCumprod(5))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void belowPureNoise_firstLevel_staysAboveTheSecond() {
    NoiseForm form = NoiseLevels.flow(3).form();

    assertThat(form.belowPureNoise(Sigmas.of(1, 0.9, 0)).at(0)).isCloseTo(0.99996666, offset(1e-8));
    assertThat(form.belowPureNoise(Sigmas.of(1, 0.99998, 0)).at(0))
        .isCloseTo(0.99999, offset(1e-12));
    assertThat(form.belowPureNoise(Sigmas.of(0.8, 0.5)).at(0)).isEqualTo(0.8);
    assertThat(NoiseForm.exploding().belowPureNoise(Sigmas.of(14, 3)).at(0)).isEqualTo(14);
  }

  private static Sigmas sigmas(Schedule schedule, int steps, NoiseLevels levels) {
    return Schedules.sigmas(schedule, steps, levels, ModelFamily.SD1, SamplerOptions.DEFAULTS);
  }

  private static void assertClose(Sigmas made, double[] expected, double tolerance) {
    assertThat(made.steps()).isEqualTo(expected.length - 1);
    for (int i = 0; i < expected.length; i++) {
      assertThat(made.at(i)).as("sigma %s", i).isCloseTo(expected[i], offset(tolerance));
    }
  }
}
