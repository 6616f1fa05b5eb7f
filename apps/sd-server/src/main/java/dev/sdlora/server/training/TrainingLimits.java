package dev.sdlora.server.training;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.training.option.ValidationOptions;
import dev.sdlora.training.setting.DataSettings;

/**
 * The limits of a training, so that no request fills the memory or the disk, or keeps the server
 * busy after it is cancelled.
 *
 * @param limits the limits of requests for images
 */
record TrainingLimits(RequestLimits limits) {
  /** Limit of images of each list of a request. */
  static final int MOST_IMAGES = 1000;

  /** Limit of image bytes of one training, stored in temporary files until it is forgotten. */
  static final long MOST_BYTES = 512 << 20;

  /** Limit of sample images of one training. */
  private static final int MOST_SAMPLES = 200;

  /** Limit of the images that are generated for prior preservation. */
  private static final int MOST_CLASS_IMAGES = 500;

  /** Limit of images whose loss is measured without training on them. */
  private static final int MOST_HELD_OUT = 100;

  private static final int MOST_MEASUREMENTS = 1000;

  /** Limit of the pixels of a step relative to those of a batch. */
  private static final int MOST_BATCHES = 16;

  /** Limit of a bucket's side in pixels. */
  private static final int LONGEST_SIDE = 8192;

  /**
   * Limits the memory of a step to that of the largest image, and its work, after which a training
   * can be cancelled, to that of {@link #MOST_BATCHES} such images.
   */
  void requireStep(ImageSize size, int batch, int accumulation) {
    long most = limits.pixels();
    long pixels = (long) size.width() * size.height() * batch;
    if (pixels > most) {
      throw refusal("'batch_size' %s at %s".formatted(batch, size), pixels, most);
    }
    long whole = Math.max(1, accumulation) * pixels;
    long mostWhole = most > Long.MAX_VALUE / MOST_BATCHES ? most : MOST_BATCHES * most;
    if (whole > mostWhole) {
      throw refusal(
          "'batch_size' %s and 'accumulation' %s at %s".formatted(batch, accumulation, size),
          whole,
          mostWhole);
    }
  }

  private static ResourceException refusal(String what, long pixels, long most) {
    return new ResourceException(
        ResourceException.Resource.PIXELS,
        "a step of %s has %s pixels; the limit is %s".formatted(what, pixels, most),
        pixels,
        most);
  }

  /**
   * Limits the samples of a training.
   *
   * @param images the sample images of a step
   * @param every the steps between samples
   */
  static void requireSamples(int images, int steps, int every) {
    if (every < 1) {
      throw new FieldException(
          "sample_every", "field 'sample_every' must be at least 1: %s".formatted(every));
    }
    long all = (long) (steps / every) * images;
    if (all > MOST_SAMPLES) {
      long least = ((long) steps * images + MOST_SAMPLES - 1) / MOST_SAMPLES;
      throw new Refusal(
          422,
          "%s every %s of %s steps makes %s; the limit is %s, so 'sample_every' must be at least %s"
              .formatted(
                  images == 1 ? "a sample" : images + " samples",
                  every,
                  steps,
                  all,
                  MOST_SAMPLES,
                  least));
    }
  }

  /** Limits the other work and memory that settings can cause. */
  static void requireModest(Fields fields, int images, int steps) {
    atMost(fields, "class_count", MOST_CLASS_IMAGES);
    atMost(fields, "buckets.most", LONGEST_SIDE);
    if (!fields.flag("validation", false)) {
      return;
    }
    ValidationOptions usual = DataSettings.VALIDATION.defaults();
    int every = Math.max(1, fields.whole("validation.every", usual.every()));
    if (steps / every > MOST_MEASUREMENTS) {
      throw new FieldException(
          "validation.every",
          "field 'validation.every' makes %s measurements in %s steps; the limit is %s"
              .formatted(steps / every, steps, MOST_MEASUREMENTS));
    }
    double heldOut = Math.rint(images * fields.number("validation.share").orElse(usual.share()));
    if (heldOut > MOST_HELD_OUT) {
      throw new FieldException(
          "validation.share",
          "field 'validation.share' holds out %s of %s images; the limit is %s"
              .formatted((long) heldOut, images, MOST_HELD_OUT));
    }
  }

  private static void atMost(Fields fields, String name, int most) {
    if (fields.whole(name, 0) > most) {
      throw new FieldException(
          name, "field '%s' must be at most %s: %s".formatted(name, most, fields.whole(name, 0)));
    }
  }
}
