package dev.sdlora.pipeline.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ChebyshevFitTest {
  /** Times may come in any order, and more than once, as some samplers ask twice a step. */
  @Property(tries = 200)
  void weights_anyTimes_continueWhatDoesNotChange(
      @ForAll @Size(min = 1, max = 10) double @DoubleRange(min = -1, max = 1) [] times,
      @ForAll @DoubleRange(min = -1, max = 1) double at) {
    double[] weights = ChebyshevFit.weights(times, at);
    assertThat(weights).hasSize(times.length);
    assertThat(Arrays.stream(weights).sum()).isCloseTo(1, within(1e-9));
  }

  @Test
  void weights_oneTime_repeatsWhatIsKnown() {
    assertThat(ChebyshevFit.weights(new double[] {-0.4}, 0.9)).containsExactly(1);
  }

  /** Along a smooth curve the next number is much nearer to the forecast than to the last one. */
  @Test
  void weights_smoothCurves_comeNearerThanRepetition() {
    double[] times = {-1, -0.9, -0.8, -0.7, -0.5, -0.3, -0.1};
    for (DoubleUnaryOperator curve :
        new DoubleUnaryOperator[] {t -> 1 + 2 * t, t -> t * t - t, Math::exp, Math::cos}) {
      double[] weights = ChebyshevFit.weights(times, 0);
      double forecast = 0;
      for (int k = 0; k < times.length; k++) {
        forecast += weights[k] * curve.applyAsDouble(times[k]);
      }
      double next = curve.applyAsDouble(0);
      assertThat(Math.abs(forecast - next))
          .isLessThan(Math.max(0.01, Math.abs(curve.applyAsDouble(-0.1) - next)));
    }
  }
}
