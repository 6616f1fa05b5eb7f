package dev.sdlora.training.slider;

import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.BatchSource;
import dev.sdlora.training.data.TrainingImageSizes;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.step.TrainedNetworks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The batches of a slider (Gandikota et al. 2023, "Concept Sliders", section 4.1): pairs of the
 * same latent at strength 1 and -1. With {@code p} for the base model's predictions, the targets
 * are {@code p(target) ± guidance · (p(positive) − p(negative))}. Each batch depends only on the
 * seed and its index. Not safe for use by several threads.
 */
public final class SliderBatches implements BatchSource {
  private final Settings settings;
  private final List<Trajectory> trajectories;

  /**
   * The settings of a slider's batches.
   *
   * @param seed the random seed
   * @param pairs the number of pairs in a batch
   * @param channels the number of channels of a latent
   * @param rows the number of rows of a latent
   * @param columns the number of columns of a latent
   * @param sizes the sizes of an image
   * @param prompts the prompts, taken in turn
   * @param guidance the factor on the difference of predictions
   * @param weighting the loss of a member by its noise level
   * @param process how noise is added
   */
  public record Settings(
      long seed,
      int pairs,
      int channels,
      int rows,
      int columns,
      TrainingImageSizes sizes,
      List<PromptTriple> prompts,
      double guidance,
      LossWeighting weighting,
      NoiseProcess process) {

    /** Copies the list. */
    public Settings {
      prompts = List.copyOf(prompts);
    }

    /** The number of values of a latent. */
    int length() {
      return channels * rows * columns;
    }
  }

  /** Creates the batches; the networks predict without an adapter. */
  public SliderBatches(TrainedNetworks networks, Settings settings) {
    this.settings = settings;
    this.trajectories =
        IntStream.range(0, settings.pairs())
            .mapToObj(pair -> new Trajectory(networks, settings, pair))
            .toList();
  }

  @Override
  public Batch at(int index) {
    int pairs = settings.pairs();
    int length = settings.length();
    Batch batch =
        new Batch(
            new float[2 * pairs * length],
            new float[2 * pairs],
            new float[2 * pairs * length],
            new float[2 * pairs],
            new float[2 * pairs],
            new ArrayList<>(),
            Collections.nCopies(2 * pairs, settings.sizes()),
            settings.rows(),
            new float[0],
            new float[settings.weighting().deltas(2 * pairs)]);
    for (int pair = 0; pair < pairs; pair++) {
      // The pairs of a batch are at different noise levels.
      long position = index + (long) pair * Trajectory.POINTS / pairs;
      Trajectory.Point point = trajectories.get(pair).at(position);
      fill(batch, 2 * pair, point, 1);
      fill(batch, 2 * pair + 1, point, -1);
    }
    return batch;
  }

  private void fill(Batch batch, int member, Trajectory.Point point, int strength) {
    int length = settings.length();
    float[][] predictions = point.predictions();
    System.arraycopy(point.latent(), 0, batch.noisy(), member * length, length);
    for (int i = 0; i < length; i++) {
      double difference = (double) predictions[1][i] - predictions[2][i];
      batch.target()[member * length + i] =
          (float) (predictions[0][i] + strength * settings.guidance() * difference);
    }
    batch.times()[member] = (float) point.level().time();
    batch.importance()[member] =
        (float) settings.weighting().weight(point.level(), settings.process().predictsVelocity());
    if (batch.deltas().length > 0) {
      batch.deltas()[member] = (float) settings.weighting().delta(point.level());
    }
    batch.strengths()[member] = strength;
    batch.captions().add(point.target());
  }
}
