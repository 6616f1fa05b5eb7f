package dev.sdlora.sampler.plan;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.sampler.Fixtures;
import dev.sdlora.sampler.RecordedNoise;
import dev.sdlora.sampler.SamplingMethod;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.Unguided;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares samplers on a rectified flow with runs of ComfyUI in float64, with the same noise. */
class FlowParityTest {
  private static final Fixtures RUNS = Fixtures.tensors("flow.safetensors");
  private static final Offset<Double> NEAR = offset(1e-9);
  private static final JsonNode INFO = Fixtures.json("flow.json");

  private static final Map<String, Sampler> SAMPLERS =
      Map.ofEntries(
          Map.entry("euler", Sampler.EULER),
          Map.entry("heun", Sampler.HEUN),
          Map.entry("dpm_2", Sampler.DPM2),
          Map.entry("lms", Sampler.LMS),
          Map.entry("dpmpp_2m", Sampler.DPMPP_2M),
          Map.entry("deis", Sampler.DEIS),
          Map.entry("res_multistep", Sampler.RES_MULTISTEP),
          Map.entry("euler_ancestral", Sampler.EULER_A),
          Map.entry("dpm_2_ancestral", Sampler.DPM2_A),
          Map.entry("dpmpp_2s_ancestral", Sampler.DPMPP_2S_A),
          Map.entry("dpmpp_sde", Sampler.DPMPP_SDE),
          Map.entry("dpmpp_2m_sde", Sampler.DPMPP_2M_SDE),
          Map.entry("dpmpp_2m_sde_heun", Sampler.DPMPP_2M_SDE_HEUN),
          Map.entry("dpmpp_3m_sde", Sampler.DPMPP_3M_SDE),
          Map.entry("lcm", Sampler.LCM));

  static Stream<Arguments> runs() {
    return SAMPLERS.entrySet().stream()
        .flatMap(
            entry ->
                Stream.of(4, 8)
                    .map(steps -> Arguments.of(entry.getKey() + "." + steps, entry.getValue())));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void sample_recordedNoise_equalsReference(String run, Sampler sampler) {
    Sigmas sigmas = Sigmas.of(RUNS.doubles("sigmas" + run.substring(run.indexOf('.') + 1)));
    SamplingMethod method =
        SamplingMethods.of(sampler, NoiseLevels.flow(3), SamplerOptions.DEFAULTS);
    Recorded noise = new Recorded(run);

    float[] result =
        method.sample(
            (Unguided) FlowParityTest::denoise,
            RUNS.floats("noise"),
            sigmas,
            noise,
            StepObserver.NONE);

    double allowed = 5 * INFO.path("fp32_vs_fp64").path(run).doubleValue();
    assertCloseToScale(result, RUNS.doubles(run + ".x"), allowed);
    JsonNode asked = INFO.path("noise_calls").path(run);
    assertThat(noise.draws()).isEqualTo(asked.size());
    for (int i = 0; i < noise.between.size(); i++) {
      assertThat(noise.between.get(i)[0]).isCloseTo(asked.at("/" + i + "/0").asDouble(), NEAR);
      assertThat(noise.between.get(i)[1]).isCloseTo(asked.at("/" + i + "/1").asDouble(), NEAR);
    }
  }

  private static float[] denoise(float[] x, double sigma) {
    float[] clean = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double velocity = 0.9 * x[i] + 0.3 * Math.sin(3.0 * x[i] + 2 * sigma) - 0.2;
      clean[i] = (float) (x[i] - sigma * velocity);
    }
    return clean;
  }

  /** Recorded draws, with the levels between which they were asked for. */
  private static final class Recorded implements NoiseSource {
    private final RecordedNoise draws;
    private final List<double[]> between = new ArrayList<>();

    Recorded(String run) {
      this.draws =
          RUNS.has(run + ".noise")
              ? new RecordedNoise(RUNS.rows(run + ".noise"))
              : new RecordedNoise();
    }

    int draws() {
      return draws.draws();
    }

    @Override
    public float[] next(int count) {
      return draws.next(count);
    }

    @Override
    public float[] between(double sigma, double sigmaNext, int count) {
      between.add(new double[] {sigma, sigmaNext});
      return next(count);
    }
  }
}
