package dev.sdlora.sampler.plan;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.sampler.AnalyticDenoisers;
import dev.sdlora.sampler.Calls;
import dev.sdlora.sampler.Fixtures;
import dev.sdlora.sampler.Latents;
import dev.sdlora.sampler.RecordedNoise;
import dev.sdlora.sampler.SamplingSettings;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Schedules;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.Iterator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares few steps on trailing times, from the settings of a request, with diffusers. */
class TrailingParityTest {
  /** Relative to the largest value; diffusers stores its tables in float32. */
  private static final double TOLERANCE = 5e-6;

  /** The level at time 999 if no signal is left; it must be finite here. */
  private static final double NEARLY_INFINITE = 1e7;

  private static final Fixtures RUNS = Fixtures.tensors("trailing.safetensors");
  private static final JsonNode INFO = Fixtures.json("trailing.json");
  private static final NoiseLevels LEVELS = NoiseLevels.stableDiffusion();

  static Stream<String> runs() {
    Iterator<String> names = INFO.path("runs").fieldNames();
    return StreamSupport.stream(((Iterable<String>) () -> names).spliterator(), false);
  }

  static Stream<String> zeroTerminalSnrRuns() {
    return runs().filter(run -> run.startsWith("ddim_v_zsnr"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void sigmas_fewSteps_areThoseOfTheReference(int steps) {
    JsonNode expected = INFO.path("schedules").path(Integer.toString(steps));

    assertLevels(Schedule.TRAILING, steps, expected.at("/euler_trailing/sigmas_f64"));
    assertLevels(Schedule.SGM_UNIFORM, steps, expected.at("/sgm_uniform/sigmas"));
  }

  private static void assertLevels(Schedule schedule, int steps, JsonNode expected) {
    Sigmas sigmas =
        Schedules.sigmas(schedule, steps, LEVELS, ModelFamily.SDXL, SamplerOptions.DEFAULTS);
    assertThat(expected).hasSize(sigmas.steps() + 1);
    for (int i = 0; i <= sigmas.steps(); i++) {
      double level = expected.get(i).doubleValue();
      assertThat(sigmas.at(i)).isCloseTo(level, within(1e-9 * level));
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void run_recordedNoise_equalsReferenceAtEveryCall(String run) {
    SamplingPlan plan = plan(run, levels(run));
    Calls calls = new Calls(AnalyticDenoisers.ofManifest("gmm"));

    float[] result = plan.run(calls, RUNS.floats(run + ".noise0"), noise(run), calls);

    double[][] steps = RUNS.rows(run + ".steps");
    assertThat(calls.seen()).hasSize(steps.length);
    for (int i = 0; i < steps.length; i++) {
      double sigma = calls.sigmas().get(i);
      double form = run.startsWith("euler") ? 1 : 1 / Math.sqrt(1 + sigma * sigma);
      assertCloseToScale(Latents.scale(form, calls.seen().get(i)), steps[i], TOLERANCE);
    }
    assertCloseToScale(result, RUNS.doubles(run + ".x"), TOLERANCE);
  }

  /** With A1111's finite last level, the remaining signal changes the image slightly. */
  @ParameterizedTest
  @MethodSource("zeroTerminalSnrRuns")
  void run_rescaledLevels_areNearTheReference(String run) {
    SamplingPlan plan = plan(run, LEVELS.zeroTerminalSnr());
    Calls calls = new Calls(AnalyticDenoisers.ofManifest("gmm"));

    float[] result = plan.run(calls, RUNS.floats(run + ".noise0"), noise(run), calls);

    assertThat(calls.sigmas().get(0)).isCloseTo(4518.8, within(0.1));
    // The data has a variance of 1.5, which is divided by that level.
    assertClose(toDoubles(result), RUNS.doubles(run + ".x"), 0, 2e-3);
  }

  private static RecordedNoise noise(String run) {
    return RUNS.has(run + ".noise")
        ? new RecordedNoise(RUNS.rows(run + ".noise"))
        : new RecordedNoise();
  }

  private static SamplingPlan plan(String run, NoiseLevels levels) {
    JsonNode made = INFO.path("runs").path(run);
    SamplerOptions.Builder options = SamplerOptions.builder();
    if (made.at("/step_kwargs/eta").isNumber()) {
      options.etaDdim(made.at("/step_kwargs/eta").doubleValue());
    }
    options.endAtSigmaMin(!made.at("/config/set_alpha_to_one").asBoolean(true));
    SamplingSettings settings =
        new SamplingSettings(
            sampler(made), Schedule.TRAILING, made.path("steps").intValue(), options.build());
    return SamplingPlan.of(settings, levels, ModelFamily.SDXL);
  }

  private static Sampler sampler(JsonNode made) {
    return switch (made.path("scheduler").textValue()) {
      case "EulerDiscreteScheduler" -> Sampler.EULER;
      case "DDIMScheduler" -> Sampler.DDIM;
      case "TCDScheduler" -> Sampler.TCD;
      case "LCMScheduler" -> Sampler.LCM;
      default -> throw new IllegalArgumentException("no sampler for " + made.path("scheduler"));
    };
  }

  private static NoiseLevels levels(String run) {
    if (!run.startsWith("ddim_v_zsnr")) {
      return LEVELS;
    }
    double[] alphas = Fixtures.tensors("schedules.safetensors").doubles("zsnr.alphas_cumprod");
    alphas[alphas.length - 1] = 1 / (1 + NEARLY_INFINITE * NEARLY_INFINITE);
    return NoiseLevels.ofAlphasCumprod(alphas);
  }
}
