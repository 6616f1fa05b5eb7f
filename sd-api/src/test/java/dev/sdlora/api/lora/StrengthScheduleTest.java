package dev.sdlora.api.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.lora.StrengthSchedule.Point;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrengthScheduleTest {

  @Test
  void at_betweenPoints_runsStraight() {
    StrengthSchedule schedule = StrengthSchedule.parse("1@0,0.5@0.5,0@0.8");
    double[] expected = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 1 / 3.0, 0.5 / 3, 0, 0, 0};
    for (int step = 0; step < 11; step++) {
      assertThat(schedule.at(step, 11, 1))
          .as("step %d", step)
          .isCloseTo(expected[step], within(1e-9));
    }
  }

  @Test
  void at_outsideThePoints_stays() {
    StrengthSchedule schedule = StrengthSchedule.parse("0.25@0.5,1@0.75");
    assertThat(IntStream.range(0, 5).mapToDouble(step -> schedule.at(step, 5, 1)))
        .containsExactly(0.25, 0.25, 0.25, 1.0, 1.0);
    assertThat(schedule.at(0, 1, 1)).isEqualTo(0.25);
  }

  @Test
  void at_twoPointsAtOnePlace_jumps() {
    StrengthSchedule schedule = StrengthSchedule.parse("1@0;1@0.5;0@0.5");
    assertThat(IntStream.range(0, 5).mapToDouble(step -> schedule.at(step, 5, 1)))
        .containsExactly(1.0, 1.0, 0.0, 0.0, 0.0);
  }

  @Test
  void at_noiseLevels_runsStraightOverTheirLogarithm() {
    StrengthSchedule schedule = StrengthSchedule.parse("1@sigma8,0@sigma2;0.5@sigma2,0.5@sigma1");
    assertThat(schedule.bySigma()).isTrue();
    double[] sigmas = {Double.POSITIVE_INFINITY, 14.6, 8, 4, 2, 1.5, 1, 0.03, 0};
    double[] expected = {1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    for (int i = 0; i < sigmas.length; i++) {
      // The step does not matter.
      assertThat(schedule.at(i, sigmas.length, sigmas[i]))
          .as("sigma %s", sigmas[i])
          .isCloseTo(expected[i], within(1e-12));
    }
    assertThat(schedule.at(0, 1, 2 * Math.sqrt(2))).isCloseTo(0.25, within(1e-12));
    assertThat(schedule.first()).isEqualTo(1);
    assertThat(schedule).hasToString("1@sigma8,0@sigma2,0.5@sigma2,0.5@sigma1");
    assertThat(StrengthSchedule.parse(schedule.toString())).isEqualTo(schedule);
    assertThat(
            StrengthSchedule.of(
                Point.atSigma(8, 1),
                Point.atSigma(2, 0),
                Point.atSigma(2, 0.5),
                Point.atSigma(1, 0.5)))
        .isEqualTo(schedule);
  }

  @Test
  void parseCurve_hasThePlaceFirst() {
    assertThat(StrengthSchedule.parseCurve("0:1,0.5: 0.2, 1:0"))
        .isEqualTo(StrengthSchedule.parse("1@0,0.2@0.5,0@1"));
    assertThat(StrengthSchedule.parseCurve("sigma5:-1,sigma0.8:0"))
        .isEqualTo(StrengthSchedule.parse("-1@sigma5,0@sigma0.8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "0:1,", "0:1:2", "1@0", "x:1", "0:x", "1:1,0:0", "sigma1:1,1:0"})
  void parseCurve_nonsense_isRefused(String text) {
    assertThatThrownBy(() -> StrengthSchedule.parseCurve(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(".+");
  }

  @Test
  void peak_isTheFarthestFromZero() {
    assertThat(StrengthSchedule.parse("0.5@0,-2@0.5,1@1").peak()).isEqualTo(-2);
    assertThat(StrengthSchedule.constant(0.3).peak()).isEqualTo(0.3);
  }

  @Property
  void at_anySchedule_startsAtFirstAndNeverExceedsThePeak(
      @ForAll @Size(min = 1, max = 5) List<@DoubleRange(min = -2, max = 2) Double> strengths,
      @ForAll @IntRange(min = 1, max = 50) int steps) {
    List<Point> points =
        IntStream.range(0, strengths.size())
            .mapToObj(i -> new Point((double) i / strengths.size(), strengths.get(i)))
            .toList();
    StrengthSchedule schedule = new StrengthSchedule(points);

    assertThat(schedule.at(0, steps, 1)).isEqualTo(schedule.first());
    for (int step = 0; step < steps; step++) {
      assertThat(Math.abs(schedule.at(step, steps, 1)))
          .isLessThanOrEqualTo(Math.abs(schedule.peak()) + 1e-12);
    }
    StrengthSchedule again = StrengthSchedule.parse(schedule.toString());
    assertThat(again.isConstant() ? again.first() : again)
        .isEqualTo(again.isConstant() ? schedule.first() : schedule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1@",
        "@0",
        "1@0@1",
        "1@0,",
        "1@-0.1",
        "1@1.1",
        "NaN@0",
        "1@0.5,1@0.4",
        "1@sigma",
        "1@sigma-1",
        "1@sigmaInfinity",
        "1@sigma1,0@sigma2",
        "1@sigma1,0@1",
        "1@Sigma1"
      })
  void parse_nonsense_isRefused(String text) {
    assertThatThrownBy(() -> StrengthSchedule.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(".+");
  }
}
