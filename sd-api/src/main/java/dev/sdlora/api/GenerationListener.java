package dev.sdlora.api;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches a generation. Override what is of interest; every method does nothing by default. Events
 * come in pairs and nest like this:
 *
 * <pre>
 * generationStart
 *   lorasStart, lorasEnd
 *   conditioningStart, conditioningEnd
 *   for each picture:
 *     imageStart
 *       for each step: stepStart, stepEnd
 *       decodeStart, decodeEnd
 *     imageEnd
 * generationEnd, or generationFailed at any point after generationStart
 * </pre>
 *
 * <p>With hires fix the steps of the second pass follow those of the first and are counted on. When
 * its prompts differ, its {@code lorasStart} to {@code conditioningEnd} come between the two,
 * inside the image.
 *
 * <p>Where {@link SpeedOptions#exactBatches} is off, images that are drawn together begin together
 * and take turns in their steps; then each is decoded and ends.
 *
 * <p>Methods are called on the thread that generates, which waits for them: be quick. A listener
 * that throws anything, errors included, ends the generation with it. It must not call the
 * pipeline. While {@link Pipeline#closeNow()} cancels, the thread is interrupted.
 */
public interface GenerationListener {

  /** A listener that does nothing. */
  GenerationListener NONE = new GenerationListener() {};

  /**
   * Makes a listener that hands on each image as soon as it is finished; the result keeps none of
   * them, so that a long batch takes the memory of one.
   *
   * @param pictures called on the thread that generates, which waits for it; what it throws ends
   *     the generation
   * @return the listener
   */
  static GenerationListener taking(Consumer<GeneratedImage> pictures) {
    return new GenerationListener() {
      @Override
      public boolean takesImages() {
        return true;
      }

      @Override
      public void imageEnd(int index, GeneratedImage image) {
        pictures.accept(image);
      }
    };
  }

  /**
   * {@return whether images are handed to {@link #imageEnd} only, and the result is to keep none}
   * Asked once for each request. Default false.
   */
  default boolean takesImages() {
    return false;
  }

  /**
   * {@return whether to end the generation with what there is} Asked after each step, on the thread
   * that generates. From the first {@code true} on, the image under way makes no more steps: the
   * latent of its latest step is decoded, without the second pass of hires fix if that has not
   * begun. Images that have not begun are left out, and the generation ends normally, with a
   * warning. Default false.
   */
  default boolean endsEarly() {
    return false;
  }

  /**
   * Work begins; what may still be waited for are the weights, after {@link #lorasStart}.
   *
   * @param spec the request
   */
  default void generationStart(PromptSpec spec) {}

  /**
   * All images are made.
   *
   * @param result what the caller gets
   */
  default void generationEnd(GenerationResult result) {}

  /**
   * The work ended early.
   *
   * @param cause the error, which also reaches the caller
   */
  default void generationFailed(Throwable cause) {}

  /**
   * LoRAs are about to be put on or taken off the weights. When other requests use the weights with
   * other LoRAs, this one waits for them here.
   */
  default void lorasStart() {}

  /** The weights are as this request wants them. */
  default void lorasEnd() {}

  /** The prompts are about to be encoded. */
  default void conditioningStart() {}

  /** The prompts are encoded. */
  default void conditioningEnd() {}

  /**
   * An image begins.
   *
   * @param index the image's index, from 0
   * @param seed the seed of its noise
   */
  default void imageStart(int index, long seed) {}

  /**
   * An image is finished.
   *
   * @param index the image's index, from 0
   * @param image the image with its settings
   */
  default void imageEnd(int index, GeneratedImage image) {}

  /**
   * A step begins.
   *
   * @param step which one, of which image
   */
  default void stepStart(Step step) {}

  /**
   * A step is done.
   *
   * @param step which one, of which image
   * @param preview computes a cheap preview of the unfinished image from the denoised latent: one
   *     pixel for each latent position, an eighth of the image's width and height; or the whole
   *     image if the pipeline has a {@linkplain Pipeline.Builder#previewDecoder preview decoder}.
   *     Valid during this call only
   */
  default void stepEnd(Step step, Supplier<Image> preview) {}

  /**
   * The latent is about to become pixels.
   *
   * @param index the image's index, from 0
   */
  default void decodeStart(int index) {}

  /**
   * The pixels are there.
   *
   * @param index the image's index, from 0
   */
  default void decodeEnd(int index) {}

  /**
   * One sampling step.
   *
   * @param image index of the image, from 0
   * @param number the step, from 1
   * @param total how many steps this image takes, in both passes of hires fix; for DDIM one less
   *     than was asked for at some step counts, as in A1111
   * @param sigma the noise level at which the step starts, in units of the data's standard
   *     deviation
   */
  record Step(int image, int number, int total, double sigma) {}
}
