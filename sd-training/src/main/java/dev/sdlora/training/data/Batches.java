package dev.sdlora.training.data;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.sampler.schedule.NoiseLevels;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * The batches of a training run. Images are shuffled anew in each epoch, and a batch may span two
 * epochs; each batch depends only on the seed and the index of its step. Not safe for use by
 * several threads, because the order of the last epoch is cached.
 */
public final class Batches {
  private final List<Example> examples;
  private final Settings settings;
  private int[] order = {};
  private long orderedEpoch = -1;

  /**
   * The settings of batches.
   *
   * @param seed the random seed
   * @param size the number of members of a batch
   * @param channels the number of channels of a latent
   * @param noiseOffset the factor on noise that is constant within each channel, 0 for none
   * @param minSnrGamma the bound on the signal-to-noise ratio in the weight of a member
   * @param captionDropout the share of captions that are replaced by the empty caption, 0 to 1
   * @param levels the noise levels that the model was trained on
   * @param velocity whether it predicts velocity instead of noise
   */
  public record Settings(
      long seed,
      int size,
      int channels,
      double noiseOffset,
      OptionalDouble minSnrGamma,
      double captionDropout,
      NoiseLevels levels,
      boolean velocity) {}

  /** Creates the batches of some images, at least one. */
  public Batches(List<Example> examples, Settings settings) {
    this.examples = List.copyOf(examples);
    this.settings = settings;
  }

  /** The batch of a step, counted from 0. */
  public Batch at(int step) {
    int size = settings.size();
    int length = examples.get(0).latent().length;
    SplittableRandom random = SeededRandom.of(settings.seed(), "batch", step);
    NoiseSource noise = Noise.of(Rng.NV, random.nextLong());
    Batch batch =
        new Batch(
            new float[size * length],
            new float[size],
            new float[size * length],
            new float[size],
            new float[size],
            new ArrayList<>(),
            new ArrayList<>());
    for (int i = 0; i < size; i++) {
      fill(batch, i, exampleAt((long) step * size + i), random, noise);
    }
    return batch;
  }

  private void fill(
      Batch batch, int member, Example example, SplittableRandom random, NoiseSource source) {
    int length = example.latent().length;
    int time = random.nextInt(settings.levels().trainingSteps());
    boolean dropped = random.nextDouble() < settings.captionDropout();
    double alpha = settings.levels().alphaCumprod(time);
    float[] noise = source.next(length);
    if (settings.noiseOffset() != 0) {
      Diffusion.addOffset(noise, source.next(settings.channels()), settings.noiseOffset());
    }
    for (int i = 0; i < length; i++) {
      float clean = example.latent()[i];
      int at = member * length + i;
      batch.noisy()[at] = Diffusion.noisy(clean, noise[i], alpha);
      batch.target()[at] =
          settings.velocity() ? Diffusion.velocity(clean, noise[i], alpha) : noise[i];
    }
    batch.times()[member] = time;
    batch.importance()[member] =
        (float) Diffusion.minSnrWeight(alpha, settings.minSnrGamma(), settings.velocity());
    batch.strengths()[member] = (float) example.strength();
    batch.captions().add(dropped ? "" : example.caption());
    batch.sizes().add(example.sizes());
  }

  private Example exampleAt(long position) {
    int count = examples.size();
    long epoch = position / count;
    if (epoch != orderedEpoch) {
      order = shuffled(count, SeededRandom.of(settings.seed(), "order", epoch));
      orderedEpoch = epoch;
    }
    return examples.get(order[(int) (position % count)]);
  }

  /** A Fisher–Yates shuffle. */
  private static int[] shuffled(int count, SplittableRandom random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }
}
