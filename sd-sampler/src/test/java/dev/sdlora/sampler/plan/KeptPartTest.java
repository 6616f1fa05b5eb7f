package dev.sdlora.sampler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.sampler.Denoiser;
import org.junit.jupiter.api.Test;

class KeptPartTest {
  private static final float[] PICTURE = {1, 2};
  private static final float[] REPAINT = {0, 1};

  /** A model with guidance, with two different predictions. */
  private static final Denoiser MODEL =
      new Denoiser() {
        @Override
        public float[] denoise(float[] x, double sigma) {
          return new float[] {10, 20};
        }

        @Override
        public Sides denoiseSides(float[] x, double sigma) {
          return new Sides(denoise(x, sigma), new float[] {30, 40});
        }
      };

  @Test
  void denoiseSides_keptInPrediction_keepsTheSidesApart() {
    Denoiser.Sides sides =
        new KeptPart.InPrediction(MODEL, PICTURE, REPAINT).denoiseSides(new float[2], 1);

    assertThat(sides.denoised()).containsExactly(1, 20);
    assertThat(sides.uncond()).containsExactly(1, 40);
  }

  @Test
  void denoiseSides_keptInInput_keepsTheSidesApart() {
    Denoiser.Sides sides =
        new KeptPart.InInput(MODEL, PICTURE, REPAINT, new float[2]).denoiseSides(new float[2], 1);

    assertThat(sides.denoised()).containsExactly(10, 20);
    assertThat(sides.uncond()).containsExactly(30, 40);
  }
}
