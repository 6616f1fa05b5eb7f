package dev.sdlora.training.data;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TimestepSampling;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * The batches of a training run. Images are shuffled anew in each epoch, and a batch may span two
 * epochs; each batch depends only on the seed and the index of its step. Not safe for use by
 * several threads, because the order of the last epoch is cached.
 */
public final class Batches implements BatchSource {
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
   * @param captions how captions change from step to step
   * @param timesteps how noise levels are drawn
   * @param process how noise is added
   */
  public record Settings(
      long seed,
      int size,
      int channels,
      double noiseOffset,
      OptionalDouble minSnrGamma,
      CaptionOptions captions,
      TimestepSampling timesteps,
      NoiseProcess process) {}

  /** Creates the batches of some images, at least one. */
  public Batches(List<Example> examples, Settings settings) {
    this.examples = List.copyOf(examples);
    this.settings = settings;
  }

  @Override
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
            new ArrayList<>(),
            examples.get(0).rows(),
            new float[0]);
    for (int i = 0; i < size; i++) {
      fill(batch, i, exampleAt((long) step * size + i), random, noise);
    }
    return batch;
  }

  private void fill(
      Batch batch, int member, Example example, SplittableRandom random, NoiseSource source) {
    int length = example.latent().length;
    NoiseLevel level = settings.process().at(random.nextDouble());
    boolean dropped = random.nextDouble() < settings.captions().dropout();
    float[] noise = source.next(length);
    if (settings.noiseOffset() != 0) {
      Diffusion.addOffset(noise, source.next(settings.channels()), settings.noiseOffset());
    }
    for (int i = 0; i < length; i++) {
      float clean = example.latent()[i];
      int at = member * length + i;
      batch.noisy()[at] = level.noisy(clean, noise[i]);
      batch.target()[at] = level.target(clean, noise[i]);
    }
    batch.times()[member] = (float) level.time();
    batch.importance()[member] =
        (float)
            Diffusion.minSnrWeight(
                level.snr(), settings.minSnrGamma(), settings.process().predictsVelocity());
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
