package dev.sdlora.training.data;

import dev.sdlora.api.sampling.Rng;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.training.noise.NoiseLevel;
import dev.sdlora.training.noise.NoiseProcess;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The measurement of the loss on held-out images. Each image is used at four noise levels, spread
 * evenly over all levels and different from image to image, always with the same noise: losses of
 * different steps then differ only by the LoRA. Immutable.
 *
 * @param images the held-out images, at least one
 * @param process how noise is added
 * @param seed the seed of the training
 */
public record Validation(List<Example> images, NoiseProcess process, long seed) {
  private static final int LEVELS = 4;

  /** Multiples of it modulo 1 are spread evenly (Weyl 1916). */
  private static final double GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

  /**
   * Measures the loss.
   *
   * @param weight the factor on the strength of the LoRA for each image
   * @param errors computes the errors of the members of a batch
   * @return the mean loss, or nothing if it was cancelled before the end
   */
  public OptionalDouble measure(
      double weight, Function<Batch, float[]> errors, BooleanSupplier cancelled) {
    double sum = 0;
    int count = images.size() * LEVELS;
    for (int i = 0; i < count; i++) {
      if (cancelled.getAsBoolean()) {
        return OptionalDouble.empty();
      }
      sum += errors.apply(batch(i, weight))[0];
    }
    return OptionalDouble.of(sum / count);
  }

  /** A batch of one image at one noise level. */
  private Batch batch(int index, double weight) {
    int image = index / LEVELS;
    Example example = images.get(image);
    double offset = (0.5 + image * GOLDEN_RATIO) % 1;
    NoiseLevel level = process.at((index % LEVELS + offset) / LEVELS);
    int length = example.image().latent().length;
    float[] noise =
        Noise.of(Rng.NV, SeededRandom.of(seed, "validation", index).nextLong()).next(length);
    float[] noisy = new float[length];
    float[] target = new float[length];
    for (int i = 0; i < length; i++) {
      noisy[i] = level.noisy(example.image().latent()[i], noise[i]);
      target[i] = level.target(example.image().latent()[i], noise[i]);
    }
    return new Batch(
        noisy,
        new float[] {(float) level.time()},
        target,
        new float[] {1},
        new float[] {(float) (weight * example.strength())},
        List.of(example.caption()),
        List.of(example.image().sizes()),
        example.image().rows(),
        new float[0],
        new float[0]);
  }
}
