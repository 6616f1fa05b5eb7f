package dev.sdlora.sampler.singlestep;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static dev.sdlora.testkit.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.RecordedNoise;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.schedule.Sigmas;
import org.junit.jupiter.api.Test;

class DdimCfgPpTest {
  /** One step computed by hand, at guidance scale 5: the paper's lambda is 5 / 12.5. */
  @Test
  void sample_twoSides_movesAlongTheUnconditionalNoise() {
    double x = 3;
    double cond = 1;
    double uncond = 0.5;
    Denoiser model =
        new Denoiser() {
          @Override
          public float[] denoise(float[] latent, double sigma) {
            return new float[] {(float) (uncond + 5 * (cond - uncond))};
          }

          @Override
          public Sides denoiseSides(float[] latent, double sigma) {
            return new Sides(denoise(latent, sigma), new float[] {(float) uncond});
          }
        };

    float[] result =
        new DdimCfgPp(0)
            .sample(
                model,
                new float[] {(float) x},
                Sigmas.of(2, 0.8),
                new RecordedNoise(),
                StepObserver.NONE);

    double clean = uncond + 0.4 * (cond - uncond);
    assertClose(toDoubles(result), new double[] {clean + 0.8 * (x - uncond) / 2}, 0, 1e-6);
    assertThat(result).hasSize(1);
  }
}
