package dev.sdlora.training.slider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.training.noise.NoiseLevel;
import org.junit.jupiter.api.Test;

/** Steps between noise levels, with predictions that are right. */
class DdimTest {
  private static final float CLEAN = 0.7f;
  private static final float NOISE = -1.3f;

  @Test
  void step_rightNoise_givesTheSameNoiseAtTheOtherLevel() {
    assertRight(new NoiseLevel(900, 0.1, 0.995, 0, 1), new NoiseLevel(400, 0.8, 0.6, 0, 1));
  }

  @Test
  void step_rightVelocityOfADiffusion_givesTheSameNoiseAtTheOtherLevel() {
    assertRight(new NoiseLevel(999, 0, 1, -1, 0), new NoiseLevel(400, 0.8, 0.6, -0.6, 0.8));
  }

  @Test
  void step_rightVelocityOfAFlow_givesTheSameNoiseAtTheOtherLevel() {
    assertRight(new NoiseLevel(1, 0, 1, -1, 1), new NoiseLevel(0.25, 0.75, 0.25, -1, 1));
  }

  private static void assertRight(NoiseLevel from, NoiseLevel to) {
    float next = Ddim.step(from, to, from.noisy(CLEAN, NOISE), from.target(CLEAN, NOISE));
    assertThat(next).isCloseTo(to.noisy(CLEAN, NOISE), within(1e-5f));
  }
}
