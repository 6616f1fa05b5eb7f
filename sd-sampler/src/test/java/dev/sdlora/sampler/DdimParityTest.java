package dev.sdlora.sampler;

import static dev.sdlora.sampler.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.sampler.schedule.Sigmas;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every step against runs of diffusers' DDIMScheduler, whose latents y have unit variance: {@code x
 * = y·sqrt(1 + sigma²)}.
 */
class DdimParityTest {
  /** Of the largest value; diffusers rounds its table of alphas to float32. */
  private static final double TOLERANCE = 2e-6;

  private static final Fixtures RUNS = Fixtures.tensors("diffusers.safetensors");

  @ParameterizedTest
  @CsvSource({"ddim_eta0, 0, 0", "ddim_eta1, 1, 10", "ddim_eta05_trailing, 0.5, 9"})
  void sample_recordedNoise_equalsReferenceAtEveryStep(String label, double eta, int draws) {
    String run = label + ".gmm";
    Sigmas sigmas = sigmas(Fixtures.json("manifest.json").path("diffusers").path(run));
    RecordedNoise noise =
        draws == 0 ? new RecordedNoise() : new RecordedNoise(RUNS.rows(run + ".noise"));
    Denoiser denoiser = AnalyticDenoisers.ofManifest("gmm");
    List<float[]> seen = new ArrayList<>();

    float[] result =
        new Ddim(eta)
            .sample(
                (x, sigma) -> {
                  seen.add(x.clone());
                  return denoiser.denoise(x, sigma);
                },
                Latents.scale(spread(sigmas.at(0)), RUNS.floats(run + ".noise0")),
                sigmas,
                noise,
                StepObserver.NONE);

    double[][] steps = RUNS.rows(run + ".steps");
    assertThat(seen).hasSize(steps.length);
    for (int i = 0; i < steps.length; i++) {
      assertCloseToScale(Latents.scale(1 / spread(sigmas.at(i)), seen.get(i)), steps[i], TOLERANCE);
    }
    float[] unitVariance = Latents.scale(1 / spread(sigmas.at(sigmas.steps())), result);
    assertCloseToScale(unitVariance, RUNS.doubles(run + ".x"), TOLERANCE);
    assertThat(noise.draws()).isEqualTo(draws);
  }

  private static double spread(double sigma) {
    return Math.sqrt(1 + sigma * sigma);
  }

  /** Below the last time step is no noise at all, or, without set_alpha_to_one, that of time 0. */
  private static Sigmas sigmas(JsonNode run) {
    NoiseLevels levels = NoiseLevels.stableDiffusion();
    double[] times = Fixtures.numbers(run.path("timesteps"));
    double[] sigmas = new double[times.length + 1];
    for (int i = 0; i < times.length; i++) {
      sigmas[i] = levels.timeToSigma(times[i]);
    }
    boolean toClean = run.at("/config/set_alpha_to_one").booleanValue();
    sigmas[times.length] = toClean ? 0 : levels.sigmaMin();
    return Sigmas.of(sigmas);
  }
}
