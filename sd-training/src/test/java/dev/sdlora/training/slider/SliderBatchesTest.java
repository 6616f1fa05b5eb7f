package dev.sdlora.training.slider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.TrainingImageSizes;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.noise.NoiseLevel;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.option.SliderPrompts;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The batches of sliders, with a model whose predictions are a constant for each prompt. */
class SliderBatchesTest {
  private static final int LENGTH = 4 * 2 * 3;
  private static final double GUIDANCE = 2.5;

  /** A flow, whose time is its noise. */
  private static final NoiseProcess FLOW =
      new NoiseProcess() {
        @Override
        public NoiseLevel at(double position) {
          return new NoiseLevel(position, 1 - position, position, -1, 1);
        }

        @Override
        public boolean predictsVelocity() {
          return true;
        }
      };

  private final Model model = new Model();

  private static SliderBatches.Settings settings(long seed, int pairs, List<String> kept) {
    return new SliderBatches.Settings(
        seed,
        pairs,
        4,
        2,
        3,
        TrainingImageSizes.whole(16, 24),
        PromptTriple.of(SliderPrompts.of("a house", "large", "small").keeping(kept)),
        GUIDANCE,
        LossWeighting.NONE,
        FLOW);
  }

  private SliderBatches batches(int pairs, List<String> kept) {
    return new SliderBatches(model, settings(1, pairs, kept));
  }

  @Test
  void at_anyIndex_pairsOfOneLatentAtOppositeStrengths() {
    Batch batch = batches(3, List.of()).at(7);

    assertThat(batch.strengths()).containsExactly(1, -1, 1, -1, 1, -1);
    assertThat(batch.captions()).hasSize(6).containsOnly("a house");
    assertThat(batch.rows()).isEqualTo(2);
    for (int pair = 0; pair < 3; pair++) {
      assertThat(batch.times()[2 * pair]).isEqualTo(batch.times()[2 * pair + 1]);
      for (int i = 0; i < LENGTH; i++) {
        assertThat(batch.noisy()[2 * pair * LENGTH + i])
            .isEqualTo(batch.noisy()[(2 * pair + 1) * LENGTH + i]);
      }
    }
  }

  @Test
  void at_anyIndex_targetsLieOnBothSidesOfTheTargetsPrediction() {
    Batch batch = batches(2, List.of()).at(3);

    double difference = GUIDANCE * (Model.of("large") - Model.of("small"));
    for (int i = 0; i < batch.target().length; i++) {
      double sign = i / LENGTH % 2 == 0 ? 1 : -1;
      assertThat((double) batch.target()[i])
          .isCloseTo(Model.of("a house") + sign * difference, within(1e-5));
    }
  }

  @Test
  void at_anyOrder_dependsOnTheIndexAlone() {
    SliderBatches inOrder = batches(3, List.of("red", "blue"));
    for (int index = 0; index < 50; index++) {
      Batch next = inOrder.at(index);
      Batch alone = batches(3, List.of("red", "blue")).at(index);

      assertThat(next.noisy()).as("step %s", index).isEqualTo(alone.noisy());
      assertThat(next.target()).isEqualTo(alone.target());
      assertThat(next.times()).isEqualTo(alone.times());
      assertThat(next.captions()).isEqualTo(alone.captions());
    }
    assertThat(inOrder.at(4).noisy()).isEqualTo(batches(3, List.of("red", "blue")).at(4).noisy());
  }

  @Test
  void at_stepsInOrder_predictOncePerPair() {
    SliderBatches batches = batches(2, List.of());
    batches.at(0);
    int first = model.calls;
    for (int index = 1; index < 20; index++) {
      batches.at(index);
    }
    // The second pair starts in the middle of its walk, and begins another one later.
    assertThat(first).isEqualTo(1 + 1 + Trajectory.POINTS / 2);
    assertThat(model.calls - first).isEqualTo(2 * 19);
  }

  @Test
  void at_otherSeed_otherLatents() {
    SliderBatches other = new SliderBatches(model, settings(2, 1, List.of()));
    assertThat(other.at(0).noisy()).isNotEqualTo(batches(1, List.of()).at(0).noisy());
  }

  @Test
  void at_aWalk_coversAllNoiseLevels() {
    SliderBatches batches = batches(1, List.of());
    for (int step = 0; step < Trajectory.POINTS; step++) {
      double parts = Trajectory.POINTS - 1;
      double time = batches.at(step).times()[0];
      double least = step == 0 ? 1 : (parts - step) / parts;
      assertThat(time).isBetween(least - 1e-6, Math.min(1, least + 1 / parts) + 1e-6);
    }
  }

  @Test
  void at_manySteps_keptWordsInTurn() {
    SliderBatches batches = batches(2, List.of("red", "green", "blue"));
    Set<String> seen = new HashSet<>();
    for (int index = 0; index < 3 * Trajectory.POINTS; index += Trajectory.POINTS) {
      seen.addAll(batches.at(index).captions());
    }
    assertThat(seen).containsExactlyInAnyOrder("red a house", "green a house", "blue a house");
  }

  /** A right prediction of velocity leads from noise to the clean latent. */
  @Test
  void at_theEndOfAWalk_theImageOfTheGuidedTarget() {
    Batch start = batches(1, List.of()).at(0);
    Batch end = batches(1, List.of()).at(Trajectory.POINTS - 1);

    double velocity = Model.of("") + 3 * (Model.of("a house") - Model.of(""));
    double way = start.times()[0] - end.times()[0];
    for (int i = 0; i < LENGTH; i++) {
      assertThat((double) end.noisy()[i])
          .isCloseTo(start.noisy()[i] - way * velocity, within(1e-4));
    }
  }

  /** Predicts a number for each prompt. */
  private static final class Model implements TrainedNetworks {
    private int calls;

    private static double of(String caption) {
      return caption.hashCode() % 1000 / 1000.0;
    }

    @Override
    public Map<String, NDArray> weights() {
      return Map.of();
    }

    @Override
    public void use(Captions captions) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, NDArray> gradients(
        Batch batch, Map<String, NDArray> adapter, NDManager scope) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float[] predict(Batch batch) {
      calls++;
      float[] predicted = new float[batch.noisy().length];
      int length = predicted.length / batch.captions().size();
      for (int i = 0; i < predicted.length; i++) {
        predicted[i] = (float) of(batch.captions().get(i / length));
      }
      return predicted;
    }
  }
}
