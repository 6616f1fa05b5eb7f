package dev.sdlora.api;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Receives the events of a generation. Every method does nothing by default. Events come in pairs,
 * nested like this:
 *
 * <pre>
 * generationStart
 *   lorasStart, lorasEnd
 *   conditioningStart, conditioningEnd
 *   for each image:
 *     imageStart
 *       for each step: stepStart, stepEnd
 *       decodeStart, decodeEnd
 *     imageEnd
 * generationEnd, or generationFailed at any point after generationStart
 * </pre>
 *
 * <p>With hires fix, the steps of the second pass follow those of the first and continue their
 * numbering. Its prompts have {@code conditioningStart} and {@code conditioningEnd} of their own,
 * before the first image; if its prompts differ, the events from {@code lorasStart} to {@code
 * conditioningEnd} come between the two passes instead, within the image.
 *
 * <p>With {@link PromptSpec#detailPasses() detail passes}, each find has steps and a decoding of
 * its own after those of the image, within the image, and events from {@code lorasStart} to {@code
 * conditioningEnd} before them if its prompts name other LoRAs. Step numbers go on; the total grows
 * when a pass has found something.
 *
 * <p>If {@link SpeedOptions#exactBatches} is off, the images of a batch start together and
 * alternate their steps; then each is decoded and ends.
 *
 * <p>Methods are called on the generating thread, which waits for them, so they must be fast. If a
 * listener throws anything, including an error, the generation ends with it. A listener must not
 * call the pipeline. While {@link Pipeline#closeNow()} cancels, the thread is interrupted.
 */
public interface GenerationListener {

  /** A listener that does nothing. */
  GenerationListener NONE = new GenerationListener() {};

  /**
   * Returns a listener that passes on each image as soon as it is finished. The result contains no
   * images, so a long batch needs the memory of a single one.
   *
   * @param images receives the images on the generating thread, which waits for it; an exception
   *     ends the generation
   * @return the listener
   */
  static GenerationListener taking(Consumer<GeneratedImage> images) {
    return new GenerationListener() {
      @Override
      public boolean takesImages() {
        return true;
      }

      @Override
      public void imageEnd(int index, GeneratedImage image) {
        images.accept(image);
      }
    };
  }

  /**
   * {@return whether images are only passed to {@link #imageEnd} and omitted from the result}
   * Called once for each request. Default false.
   */
  default boolean takesImages() {
    return false;
  }

  /**
   * {@return whether to end the generation early with the images made so far} Called after each
   * step on the generating thread. Once it returns {@code true}, the current image makes no more
   * steps: the latent of its latest step is decoded, without the second pass of hires fix if that
   * has not begun, and without further details. Images that have not begun are omitted, and the
   * generation ends normally, with a warning. Default false.
   */
  default boolean endsEarly() {
    return false;
  }

  /**
   * Work begins. The request may still have to wait for the weights, after {@link #lorasStart}.
   *
   * @param spec the request
   */
  default void generationStart(PromptSpec spec) {}

  /**
   * All images are done.
   *
   * @param result the result returned to the caller
   */
  default void generationEnd(GenerationResult result) {}

  /**
   * The generation failed or was cancelled.
   *
   * @param cause the error, which the caller also receives
   */
  default void generationFailed(Throwable cause) {}

  /**
   * LoRAs are about to be applied to the weights or removed from them. If other requests use the
   * weights with other LoRAs, this request waits for them here.
   */
  default void lorasStart() {}

  /** The weights are ready for this request. */
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
   * @param step the step and its image
   */
  default void stepStart(Step step) {}

  /**
   * A step is done.
   *
   * @param step the step and its image
   * @param preview computes a cheap preview of the unfinished image from the denoised latent: one
   *     pixel for each latent position, an eighth of the image's width and height; or the whole
   *     image if the pipeline has a {@linkplain Pipeline.Builder#previewDecoder preview decoder}.
   *     Valid only during this call
   */
  default void stepEnd(Step step, Supplier<Image> preview) {}

  /**
   * The latent is about to be decoded into pixels.
   *
   * @param index the image's index, from 0
   */
  default void decodeStart(int index) {}

  /**
   * The latent has been decoded.
   *
   * @param index the image's index, from 0
   */
  default void decodeEnd(int index) {}

  /**
   * One sampling step.
   *
   * @param image the image's index, from 0
   * @param number the step, from 1
   * @param total the number of steps of this image as far as they are known: including both passes
   *     of hires fix, and details that have been found; for DDIM one less than requested at some
   *     step counts, as in A1111
   * @param sigma the noise level at which the step starts, in units of the data's standard
   *     deviation
   */
  record Step(int image, int number, int total, double sigma) {}
}
