package dev.sdlora.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sdlora.training.TrainingProgress;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LossCurveTest {

  @Property(tries = 60)
  void json_anyNumberOfSteps_fewPointsThatStandForAll(
      @ForAll @IntRange(min = 1, max = 5000) int steps) {
    LossCurve curve = new LossCurve();
    double sum = 0;
    for (int step = 1; step <= steps; step++) {
      double loss = Math.floorMod(step * 7919, 100) / 100.0;
      sum += loss;
      curve.add(new TrainingProgress(step, steps, loss, loss, 1, 1, Duration.ZERO));
    }
    ArrayNode points = curve.copy().json();
    double shown = 0;
    int before = 0;
    for (int i = 0; i < points.size(); i++) {
      int step = points.get(i).get(0).asInt();
      assertThat(step).isGreaterThan(before);
      shown += points.get(i).get(1).asDouble() * (step - before);
      before = step;
    }
    assertThat(points.size()).isBetween(Math.min(steps, 150), 300);
    assertThat(before).isEqualTo(steps);
    assertThat(shown / steps).isCloseTo(sum / steps, within(1e-5));
  }
}
