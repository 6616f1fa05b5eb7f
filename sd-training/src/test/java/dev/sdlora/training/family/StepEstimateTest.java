package dev.sdlora.training.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.step.Bench;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepEstimateTest {
  private static final Recipe.Computation KEPT =
      new Recipe.Computation(TrainingPrecision.BFLOAT16, false);
  private static final Recipe.Computation AGAIN =
      new Recipe.Computation(TrainingPrecision.BFLOAT16, true);

  /** Stable Diffusion 1.5. */
  private static final UNetConfig SD15 =
      new UNetConfig(4, 4, List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 8, 768, false);

  private static double gigabytes(int side, Recipe.Computation computation, int batchSize) {
    double positions = Math.pow(side / 8.0, 2);
    return StepEstimate.of(SD15.weights(), positions, computation, batchSize).bytes() / 1e9;
  }

  /**
   * Peaks of resident memory in gigabytes, measured by {@code TrainingBenchmark} on full-size
   * random weights with one thread.
   */
  @Test
  void bytes_areNearMeasuredPeaks() {
    assertThat(gigabytes(256, KEPT, 1)).isCloseTo(2.800, withinPercentage(15));
    assertThat(gigabytes(256, AGAIN, 1)).isCloseTo(2.493, withinPercentage(15));
    assertThat(gigabytes(512, KEPT, 1)).isCloseTo(3.740, withinPercentage(15));
    assertThat(gigabytes(512, AGAIN, 1)).isCloseTo(2.691, withinPercentage(15));
  }

  @Test
  void bytes_growWithTheBatch_andAreFewerWithCheckpointing() {
    assertThat(gigabytes(512, KEPT, 2)).isGreaterThan(gigabytes(512, KEPT, 1));
    assertThat(gigabytes(512, AGAIN, 1)).isLessThan(gigabytes(512, KEPT, 1));
    assertThat(gigabytes(512, AGAIN, 4)).isLessThan(gigabytes(512, KEPT, 4) / 2);
  }

  @Test
  void calls_withCheckpointing_areOneMore() {
    ImageSize size = new ImageSize(64, 64);
    StepEstimate kept = StepEstimate.of(Bench.MODEL, size, KEPT, 1);
    StepEstimate again = StepEstimate.of(Bench.MODEL, size, AGAIN, 1);

    assertThat(again.forwardCalls() - kept.forwardCalls()).isBetween(0.8, 1.2);
    assertThat(again.bytes()).isLessThan(kept.bytes());
  }
}
