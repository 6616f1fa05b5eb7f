package dev.sdlora.training;

import dev.sdlora.training.data.CacheKey;
import dev.sdlora.training.data.DataCache;
import dev.sdlora.training.data.EncodedImage;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.data.ImageInput;
import dev.sdlora.training.data.LatentDistribution;
import dev.sdlora.training.data.Placement;
import dev.sdlora.training.data.SeededRandom;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the images of a training run. The autoencoder is read for the first image that is not in
 * the cache, and freed when this is closed. Not safe for use by several threads.
 */
final class ExampleEncoder implements AutoCloseable {
  private final TrainedFamily family;
  private final Recipe recipe;
  private final DataCache cache;
  private final CacheKey key;
  private @Nullable ImageEncoder loaded;

  ExampleEncoder(Settings settings) {
    this.family = settings.family();
    this.recipe = settings.recipe();
    this.cache = settings.cache();
    CacheKey kind = CacheKey.of("image");
    this.key = cache.isKept() ? kind.with(family.model().vae()) : kind;
  }

  /**
   * The pixels and the mask of an image.
   *
   * @param fitted the image at its training size
   * @param mask [height][width], 0 to 1; empty for 1
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
  record Input(ImageInput.Fitted fitted, float[] mask) {}

  /** Reads an image, and its mask if masks are used. */
  Input read(TrainingExample example, Placement placement) {
    BufferedImage image = example.image().get();
    ImageInput.Fitted fitted = ImageInput.fit(image, placement);
    if (recipe.inputs().unmaskedWeight().isEmpty()) {
      return new Input(fitted, new float[0]);
    }
    Optional<BufferedImage> opacity =
        image.getColorModel().hasAlpha()
            ? Optional.of(ImageInput.opacity(image))
            : Optional.empty();
    return new Input(
        fitted,
        example
            .mask()
            .<BufferedImage>map(mask -> mask.get())
            .or(() -> opacity)
            .map(mask -> ImageInput.mask(mask, placement))
            .orElse(new float[0]));
  }

  /**
   * Encodes an image.
   *
   * @param priorWeight the factor on the loss of an image for prior preservation
   * @param position the index of the image among those of its set
   */
  Example encode(
      TrainingExample example,
      Placement placement,
      Input input,
      OptionalDouble priorWeight,
      int position) {
    String purpose = (priorWeight.isPresent() ? "prior " : "") + "latent";
    EncodedImage image = image(placement, input.fitted(), input.mask(), seed(purpose, position));
    Optional<EncodedImage> mirrored = Optional.empty();
    if (recipe.inputs().flips()) {
      float[] mask = ImageInput.mirrored(input.mask(), placement.size().width());
      long seed = seed("mirrored " + purpose, position);
      mirrored = Optional.of(image(placement, input.fitted().mirrored(placement), mask, seed));
    }
    return new Example(
        image, mirrored, example.caption(), example.strength(), example.repeats(), priorWeight);
  }

  private long seed(String purpose, int position) {
    return SeededRandom.of(recipe.seed(), purpose, position).nextLong();
  }

  private EncodedImage image(
      Placement placement, ImageInput.Fitted fitted, float[] mask, long seed) {
    float[] latent = distribution(placement, fitted.values()).sample(seed);
    int width = placement.size().width();
    int height = placement.size().height();
    // The family knows the channels of its latents, but not how often their sides go into an image.
    double positions = (double) latent.length / family.channels();
    int factor = (int) Math.round(Math.sqrt(width * (double) height / positions));
    float[] factors =
        mask.length == 0
            ? mask
            : lossFactors(ImageInput.averaged(mask, placement, height / factor, width / factor));
    return new EncodedImage(latent, height / factor, factors, fitted.sizes());
  }

  /** Weighs positions by a mask: black ones by the weight of unmasked areas, white ones by 1. */
  private float[] lossFactors(float[] mask) {
    double least = recipe.inputs().unmaskedWeight().orElse(1);
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (float) (least + (1 - least) * mask[i]);
    }
    return mask;
  }

  private LatentDistribution distribution(Placement placement, float[] pixels) {
    CacheKey own = cache.isKept() ? key.with(placement.size().toString()).with(pixels) : key;
    Optional<Map<String, float[]>> kept = cache.find(own);
    if (kept.isPresent()) {
      return LatentDistribution.of(kept.get());
    }
    LatentDistribution distribution = encoder().encode(pixels, placement.size());
    cache.keep(own, distribution.arrays());
    return distribution;
  }

  private ImageEncoder encoder() {
    ImageEncoder encoder = loaded;
    if (encoder == null) {
      encoder = family.imageEncoder();
      loaded = encoder;
    }
    return encoder;
  }

  @Override
  public void close() {
    ImageEncoder encoder = loaded;
    if (encoder != null) {
      encoder.close();
      loaded = null;
    }
  }
}
