package dev.sdlora.sampler;

import static dev.sdlora.sampler.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every step against runs of k-diffusion in float64, with its noise injected. */
class KDiffusionParityTest {
  /** Of the largest value; float32 latents were measured at 4e-7 and below. */
  private static final double TOLERANCE = 2e-6;

  private static final Fixtures RUNS = Fixtures.tensors("k_diffusion.safetensors");

  static Stream<Arguments> runs() {
    return Stream.of(
            Arguments.of("euler", new Euler()),
            Arguments.of("euler_ancestral", new EulerAncestral(1, 1)),
            Arguments.of("euler_ancestral_eta05", new EulerAncestral(0.5, 0.9)),
            Arguments.of("dpmpp_2m", new DpmPp2m()))
        .flatMap(
            run ->
                Stream.of("gmm, karras10", "gauss, discrete10")
                    .map(
                        model -> {
                          String[] names = model.split(", ", 2);
                          return Arguments.of(run.get()[0], names[0], names[1], run.get()[1]);
                        }));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("runs")
  void sample_recordedNoise_equalsReferenceAtEveryStep(
      String label, String model, String schedule, SamplingMethod method) {
    String run = label + "." + model;
    boolean ancestral = label.startsWith("euler_ancestral");
    RecordedNoise noise =
        new RecordedNoise(ancestral ? RUNS.rows(run + ".noise") : new double[0][]);
    Denoiser denoiser = AnalyticDenoisers.ofManifest(model);
    List<float[]> seen = new ArrayList<>();

    float[] result =
        method.sample(
            (x, sigma) -> {
              seen.add(x.clone());
              return denoiser.denoise(x, sigma);
            },
            RUNS.floats(run + ".x0"),
            Sigmas.of(RUNS.doubles("sigmas." + schedule)),
            noise,
            StepObserver.NONE);

    double[][] steps = RUNS.rows(run + ".steps");
    assertThat(seen).hasSize(steps.length);
    for (int i = 0; i < steps.length; i++) {
      assertCloseToScale(seen.get(i), steps[i], TOLERANCE);
    }
    assertCloseToScale(result, RUNS.doubles(run + ".x"), TOLERANCE);
    assertThat(noise.draws()).isEqualTo(ancestral ? 9 : 0);
  }
}
