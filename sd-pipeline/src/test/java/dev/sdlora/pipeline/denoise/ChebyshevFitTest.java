package dev.sdlora.pipeline.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ChebyshevFitTest {
  /** Times may come in any order, and more than once, as some samplers ask twice a step. */
  @Property(tries = 200)
  void weights_anyTimes_continueWhatDoesNotChange(
      @ForAll @Size(min = 1, max = 10) List<@DoubleRange(min = -1, max = 1) Double> times,
      @ForAll @DoubleRange(min = -1, max = 1) double at) {
    double[] weights =
        ChebyshevFit.weights(times.stream().mapToDouble(Double::doubleValue).toArray(), at);
    assertThat(weights).hasSize(times.size());
    assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-9));
  }

  @Test
  void weights_oneTime_repeatsWhatIsKnown() {
    assertThat(ChebyshevFit.weights(new double[] {-0.4}, 0.9)).containsExactly(1);
  }

  /** By hand: the normal matrix is {{3, 0, 1}, {0, 2.1, 0}, {1, 0, 3.1}}. */
  @Test
  void weights_threeTimes_areThoseOfTheRidgeRegression() {
    assertThat(ChebyshevFit.weights(new double[] {-1, 0, 1}, 0.5))
        .containsExactly(
            new double[] {
              3.6 / 8.3 - 0.5 / 2.1 - 2.5 / 8.3, 6.1 / 8.3, 3.6 / 8.3 + 0.5 / 2.1 - 2.5 / 8.3
            },
            within(1e-12));
  }
}
