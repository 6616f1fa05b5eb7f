package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.training.noise.NoiseLevel;
import dev.sdlora.training.noise.NoiseProcess;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NoiseLevelErrorsTest {
  /** Times from 0 to 999, as diffusion models have them. */
  private static final NoiseProcess TIMES =
      new NoiseProcess() {
        @Override
        public NoiseLevel at(double position) {
          return new NoiseLevel((int) (1000 * position), 1, 0, 0, 1);
        }

        @Override
        public boolean predictsVelocity() {
          return false;
        }
      };

  @Test
  void add_times_areCountedInTheirRange() {
    NoiseLevelErrors errors = new NoiseLevelErrors(TIMES);
    errors.add(new float[] {0, 99, 500, 999}, new float[] {1, 3, 5, 7});

    assertThat(errors.losses().get(0)).isEqualTo(new NoiseLevelLoss(0, 0.1, 2, 2, 2));
    assertThat(errors.losses().get(5).mean()).isEqualTo(5);
    assertThat(errors.losses().get(9).images()).isEqualTo(1);
    assertThat(errors.losses().get(3).mean()).isNaN();
  }

  @Test
  void recent_lossFalls_isBelowTheMean() {
    NoiseLevelErrors errors = new NoiseLevelErrors(TIMES);
    for (int i = 0; i < 400; i++) {
      errors.add(new float[] {50}, new float[] {i < 200 ? 1 : 0.5f});
    }
    NoiseLevelLoss loss = errors.losses().get(0);
    assertThat(loss.mean()).isCloseTo(0.75, within(1e-9));
    assertThat(loss.recent()).isCloseTo(0.5, within(1e-4));
  }

  @Test
  void textAndBack_thenMore_isTheSameAsUnbroken() {
    NoiseLevelErrors whole = new NoiseLevelErrors(TIMES);
    NoiseLevelErrors first = new NoiseLevelErrors(TIMES);
    Random random = new Random(1);
    NoiseLevelErrors second = new NoiseLevelErrors(TIMES);
    for (int i = 0; i < 100; i++) {
      float[] time = {random.nextInt(1000)};
      float[] error = {random.nextFloat()};
      whole.add(time, error);
      (i < 50 ? first : second).add(time, error);
      if (i == 49) {
        second.restore(first.text());
      }
    }
    assertThat(second.text()).isEqualTo(whole.text());
    assertThatThrownBy(() -> second.restore("1:2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected 10 ranges of 3 numbers: 1:2");
  }
}
