package dev.sdlora.sampler.noise;

import static dev.sdlora.sampler.CloseAssert.assertClose;
import static dev.sdlora.sampler.CloseAssert.toDoubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrownianPathTest {
  private static final int COUNT = 20;

  /** What a path does over two steps is what it does over both at once. */
  @Property(tries = 200)
  void between_twoSteps_addUpToOne(
      @ForAll @DoubleRange(min = 0.01, max = 20) double a,
      @ForAll @DoubleRange(min = 1.01, max = 3) double first,
      @ForAll @DoubleRange(min = 1.01, max = 3) double second) {
    double b = a * first;
    double c = b * second;
    BrownianPath path = new BrownianPath(5);

    double[] whole = way(path, a, c);
    double[] halves = way(path, b, c);
    double[] lower = way(path, a, b);
    for (int i = 0; i < COUNT; i++) {
      halves[i] += lower[i];
    }

    assertClose(halves, whole, 0, 2e-6 * Math.sqrt(c));
  }

  /** As many steps as one likes, in any order, from an object that was asked before or not. */
  @Test
  void between_otherQuestionsBefore_isTheSame() {
    float[] fresh = new BrownianPath(9).between(3.7, 1.9, COUNT);
    BrownianPath asked = new BrownianPath(9);
    for (double level = 0.03; level < 14; level *= 1.3) {
      asked.between(level, level * 1.3, COUNT);
    }

    assertThat(asked.between(3.7, 1.9, COUNT)).isEqualTo(fresh);
    assertThat(asked.between(1.9, 3.7, COUNT)).isEqualTo(fresh);
    assertThat(new BrownianPath(10).between(3.7, 1.9, COUNT)).isNotEqualTo(fresh);
  }

  /** A longer latent has the numbers of a shorter one in front. */
  @Test
  void between_moreElements_startAlike() {
    BrownianPath path = new BrownianPath(9);
    float[] few = path.between(3.7, 1.9, 4);

    assertThat(path.between(3.7, 1.9, 8)).startsWith(few);
  }

  /** 2^16 numbers: mean, variance and covariance within five standard errors; a fixed seed. */
  @ParameterizedTest
  @CsvSource({"1.5, 1.25", "14.6, 9.1", "0.0820, 0.0292", "5.0001, 5", "4, 2", "2.1, 0.3"})
  void between_manyElements_areUnitNormalAndIndependentOfTheNextStep(double high, double low) {
    int count = 1 << 16;
    BrownianPath path = new BrownianPath(77);
    float[] step = path.between(high, low, count);
    float[] next = path.between(low, low * 0.7, count);
    double mean = 0;
    double variance = 0;
    double covariance = 0;
    for (int i = 0; i < count; i++) {
      mean += (double) step[i] / count;
      variance += (double) step[i] * step[i] / count;
      covariance += (double) step[i] * next[i] / count;
    }

    double error = 5 / Math.sqrt(count);
    assertThat(mean).isCloseTo(0, within(error));
    assertThat(variance).isCloseTo(1, within(error * Math.sqrt(2)));
    assertThat(covariance).isCloseTo(0, within(error));
  }

  @Test
  void between_levelsWithoutAWay_areRefused() {
    BrownianPath path = new BrownianPath(1);

    assertThatThrownBy(() -> path.between(1, 1, 4))
        .hasMessage("noise needs two different levels: 1.0");
    assertThatThrownBy(() -> path.between(1, 0, 4)).hasMessage("noise needs a level above 0: 0.0");
    assertThatThrownBy(() -> path.between(Double.NaN, 1, 4))
        .hasMessage("noise needs a level above 0: NaN");
  }

  private static double[] way(BrownianPath path, double from, double to) {
    double[] way = toDoubles(path.between(from, to, COUNT));
    double length = Math.sqrt((double) (float) to - (float) from);
    for (int i = 0; i < way.length; i++) {
      way[i] *= length;
    }
    return way;
  }
}
