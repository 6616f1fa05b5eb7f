package dev.sdlora.sampler;

import static dev.sdlora.sampler.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step against runs of k-diffusion in float64, with its noise injected. */
class KDiffusionParityTest {
  /** Of the largest value; this is float32 against float64. */
  private static final double TOLERANCE = 2e-6;

  private static final Fixtures RUNS = Fixtures.tensors("k_diffusion.safetensors");
  private static final JsonNode MANIFEST = Fixtures.json("manifest.json").path("k_diffusion");

  static Stream<Arguments> runs() {
    Map<String, SamplingMethod> methods =
        Map.of(
            "euler", new Euler(),
            "euler_ancestral", new EulerAncestral(1, 1),
            "euler_ancestral_eta05", new EulerAncestral(0.5, 0.9),
            "dpmpp_2m", new DpmPp2m());
    return methods.keySet().stream()
        .sorted()
        .flatMap(
            label ->
                Stream.of("gmm", "gauss")
                    .map(model -> Arguments.of(label + "." + model, model, methods.get(label))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void sample_recordedNoise_equalsReferenceAtEveryStep(
      String run, String model, SamplingMethod method) {
    int draws = MANIFEST.path(run).path("noise_calls").intValue();
    RecordedNoise noise =
        draws == 0 ? new RecordedNoise() : new RecordedNoise(RUNS.rows(run + ".noise"));
    Denoiser denoiser = AnalyticDenoisers.ofManifest(model);
    List<float[]> seen = new ArrayList<>();

    float[] result =
        method.sample(
            (x, sigma) -> {
              seen.add(x.clone());
              return denoiser.denoise(x, sigma);
            },
            RUNS.floats(run + ".x0"),
            Sigmas.of(RUNS.doubles(MANIFEST.path(run).path("sigmas").textValue())),
            noise,
            StepObserver.NONE);

    double[][] steps = RUNS.rows(run + ".steps");
    assertThat(seen).hasSize(steps.length);
    for (int i = 0; i < steps.length; i++) {
      assertCloseToScale(seen.get(i), steps[i], TOLERANCE);
    }
    assertCloseToScale(result, RUNS.doubles(run + ".x"), TOLERANCE);
    assertThat(noise.draws()).isEqualTo(draws);
  }
}
