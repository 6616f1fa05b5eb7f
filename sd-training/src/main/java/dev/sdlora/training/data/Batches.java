package dev.sdlora.training.data;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import dev.sdlora.training.noise.Diffusion;
import dev.sdlora.training.noise.LossWeighting;
import dev.sdlora.training.noise.NoiseLevel;
import dev.sdlora.training.noise.NoiseProcess;
import dev.sdlora.training.noise.Timesteps;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.TimestepSampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The batches of a training run, in the order of {@link BatchOrder}. Each batch depends only on the
 * seed and the index of its step. Not safe for use by several threads.
 */
public final class Batches implements BatchSource {
  private final List<Example> examples;
  private final Settings settings;
  private final BatchOrder order;

  /**
   * The settings of batches.
   *
   * @param seed the random seed
   * @param size the number of members of a full batch
   * @param channels the number of channels of a latent
   * @param noiseOffset the factor on noise that is constant within each channel, 0 for none
   * @param weighting the loss of a member by its noise level
   * @param captions how captions change from step to step
   * @param timesteps how noise levels are drawn
   * @param process how noise is added
   */
  public record Settings(
      long seed,
      int size,
      int channels,
      double noiseOffset,
      LossWeighting weighting,
      CaptionOptions captions,
      TimestepSampling timesteps,
      NoiseProcess process) {}

  /** Creates the batches of some images, at least one. */
  public Batches(List<Example> examples, Settings settings) {
    this.examples = List.copyOf(examples);
    this.settings = settings;
    this.order =
        new BatchOrder(
            examples.stream().map(Example::member).toList(), settings.seed(), settings.size());
  }

  @Override
  public Batch at(int step) {
    List<Example> members = members(step);
    List<EncodedImage> images = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      images.add(image(members.get(i), place(step, i)));
    }
    int size = members.size();
    int length = images.get(0).latent().length;
    SplittableRandom random = SeededRandom.of(settings.seed(), "batch", step);
    NoiseSource noise = Noise.of(Rng.NV, random.nextLong());
    Batch batch =
        new Batch(
            new float[size * length],
            new float[size],
            new float[size * length],
            new float[size],
            new float[size],
            captions(step),
            images.stream().map(EncodedImage::sizes).toList(),
            images.get(0).rows(),
            masks(images, length / settings.channels()),
            new float[settings.weighting().deltas(size)]);
    for (int i = 0; i < size; i++) {
      fill(batch, i, members.get(i), images.get(i).latent(), random, noise);
    }
    return batch;
  }

  /** The captions of a batch. */
  public List<String> captions(int step) {
    List<Example> members = members(step);
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      SplittableRandom random = SeededRandom.of(settings.seed(), "caption", place(step, i));
      captions.add(CaptionVariants.at(settings.captions(), members.get(i).caption(), random));
    }
    return captions;
  }

  private List<Example> members(int step) {
    return Arrays.stream(order.at(step)).mapToObj(examples::get).toList();
  }

  /** The position of a member among those of all steps. */
  private long place(int step, int member) {
    return (long) step * settings.size() + member;
  }

  /** The image, or in half of all cases the mirrored one if there is one. */
  private EncodedImage image(Example example, long place) {
    return example
        .mirrored()
        .filter(mirrored -> SeededRandom.of(settings.seed(), "flip", place).nextBoolean())
        .orElse(example.image());
  }

  /** The masks of all members if one of them has a mask. */
  private static float[] masks(List<EncodedImage> images, int positions) {
    if (images.stream().allMatch(image -> image.mask().length == 0)) {
      return new float[0];
    }
    float[] masks = new float[images.size() * positions];
    Arrays.fill(masks, 1);
    for (int i = 0; i < images.size(); i++) {
      float[] own = images.get(i).mask();
      System.arraycopy(own, 0, masks, i * positions, own.length);
    }
    return masks;
  }

  private void fill(
      Batch batch,
      int member,
      Example example,
      float[] latent,
      SplittableRandom random,
      NoiseSource source) {
    int length = latent.length;
    int columns = length / (settings.channels() * batch.rows());
    NoiseLevel level =
        settings
            .process()
            .at(
                Timesteps.draw(
                    settings.timesteps(),
                    settings.process().resolutionShift(batch.rows(), columns),
                    random));
    float[] noise = source.next(length);
    if (settings.noiseOffset() != 0) {
      Diffusion.addOffset(noise, source.next(settings.channels()), settings.noiseOffset());
    }
    for (int i = 0; i < length; i++) {
      float clean = latent[i];
      int at = member * length + i;
      batch.noisy()[at] = level.noisy(clean, noise[i]);
      batch.target()[at] = level.target(clean, noise[i]);
    }
    batch.times()[member] = (float) level.time();
    batch.importance()[member] =
        (float)
            (settings.weighting().weight(level, settings.process().predictsVelocity())
                * example.priorWeight().orElse(1));
    if (batch.deltas().length > 0) {
      batch.deltas()[member] = (float) settings.weighting().delta(level);
    }
    batch.strengths()[member] = (float) example.strength();
  }
}
