package dev.sdlora.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.training.option.LearningRateSchedule;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Values of diffusers' {@code get_scheduler} for 10 steps after 4 of warm-up. Its warm-up has rates
 * of 0, 1/4, 2/4 and 3/4; that of the library starts one step later, so that no step is wasted.
 */
class LearningRateTest {
  private static double[] rates(LearningRateSchedule schedule) {
    LearningRate rate = new LearningRate(2, 4, 14, schedule, 0);
    return IntStream.range(0, 14).mapToDouble(rate::at).toArray();
  }

  private static void assertRates(LearningRateSchedule schedule, double... afterWarmup) {
    double[] rates = rates(schedule);
    assertThat(rates).startsWith(0.5, 1, 1.5, 2);
    for (int i = 0; i < 10; i++) {
      assertThat(rates[4 + i]).as("step %s", 4 + i).isCloseTo(2 * afterWarmup[i], within(1e-6));
    }
  }

  @Test
  void at_constant_isDiffusers() {
    assertRates(LearningRateSchedule.CONSTANT, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  }

  @Test
  void at_linear_isDiffusers() {
    assertRates(LearningRateSchedule.LINEAR, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1);
  }

  @Test
  void at_cosine_isDiffusers() {
    assertRates(
        LearningRateSchedule.COSINE,
        1,
        0.9755283,
        0.9045085,
        0.7938926,
        0.6545085,
        0.5,
        0.3454915,
        0.2061074,
        0.0954915,
        0.02447174);
  }

  @Test
  void at_cosineWithRestarts_isDiffusers() {
    assertRates(
        LearningRateSchedule.cosineWithRestarts(3),
        1,
        0.7938926,
        0.3454915,
        0.02447174,
        0.9045085,
        0.5,
        0.0954915,
        0.9755283,
        0.6545085,
        0.2061074);
  }
}
