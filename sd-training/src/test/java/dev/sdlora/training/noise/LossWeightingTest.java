package dev.sdlora.training.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.training.option.TrainingLoss;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LossWeightingTest {
  /** A signal-to-noise ratio of 9. */
  private static final NoiseLevel LEVEL = new NoiseLevel(0, Math.sqrt(0.9), Math.sqrt(0.1), 0, 1);

  @Test
  void weight_bothGiven_isTheProduct() {
    LossWeighting both = new LossWeighting(TrainingLoss.L2, OptionalDouble.of(5), true);

    assertThat(both.weight(LEVEL, false)).isCloseTo(5.0 / 9 / 3, within(1e-9));
    assertThat(both.weight(LEVEL, true)).isCloseTo(5.0 / 10 / 10, within(1e-9));
  }

  @Test
  void weight_debiasedWithHardlyAnyNoise_isBounded() {
    LossWeighting debiased = new LossWeighting(TrainingLoss.L2, OptionalDouble.empty(), true);
    NoiseLevel clean = new NoiseLevel(0, 1, 1e-6, 0, 1);

    assertThat(debiased.weight(clean, false)).isCloseTo(1 / Math.sqrt(1000), within(1e-9));
    assertThat(debiased.weight(clean, true)).isCloseTo(1.0 / 1001, within(1e-9));
  }

  @Test
  void weight_none_isOne() {
    assertThat(LossWeighting.NONE.weight(LEVEL, false)).isEqualTo(1);
  }

  @Test
  void deltas_bySquaredError_areNone() {
    assertThat(LossWeighting.NONE.deltas(4)).isZero();
    assertThat(huber(TrainingLoss.huber(0.1)).deltas(4)).isEqualTo(4);
  }

  @Test
  void delta_huber_isTheSameAtAllLevels() {
    assertThat(huber(TrainingLoss.huber(0.3)).delta(LEVEL)).isEqualTo(0.3);
  }

  @Test
  void delta_huberByNoise_fallsFromOneToTheGivenOne() {
    LossWeighting weighting = huber(TrainingLoss.huberByNoise(0.1));

    assertThat(weighting.delta(new NoiseLevel(0, 1, 0, 0, 1))).isEqualTo(1);
    // The noise is a third of the signal: 0.1 + 0.9 / (4 / 3)².
    assertThat(weighting.delta(LEVEL)).isCloseTo(0.60625, within(1e-9));
    assertThat(weighting.delta(new NoiseLevel(999, 0, 1, 0, 1))).isEqualTo(0.1);
  }

  private static LossWeighting huber(TrainingLoss loss) {
    return new LossWeighting(loss, OptionalDouble.empty(), false);
  }
}
