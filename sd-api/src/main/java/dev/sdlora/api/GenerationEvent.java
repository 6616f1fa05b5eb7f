package dev.sdlora.api;

import dev.sdlora.api.image.Image;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@link Pipeline#stream} tells about a request, in this order: {@link Queued}, {@link
 * Started}, {@link LorasApplied}, {@link PromptsEncoded}, then for each image its {@link StepDone
 * steps} and {@link ImageDone}, and at last {@link ResultReady}. A hires pass with prompts of its
 * own applies LoRAs and encodes prompts again, between its steps and those before. All are values.
 */
public sealed interface GenerationEvent {

  /**
   * The pipeline has taken the request, which may wait for others.
   *
   * @param spec the request
   */
  record Queued(PromptSpec spec) implements GenerationEvent {
    /**
     * Refuses null.
     *
     * @param spec the request
     */
    public Queued {
      Objects.requireNonNull(spec, "spec");
    }
  }

  /**
   * The work begins: LoRAs are put on and taken off the weights.
   *
   * @param spec the request
   */
  record Started(PromptSpec spec) implements GenerationEvent {
    /**
     * Refuses null.
     *
     * @param spec the request
     */
    public Started {
      Objects.requireNonNull(spec, "spec");
    }
  }

  /** The weights are as the request wants them; prompts are encoded. */
  record LorasApplied() implements GenerationEvent {}

  /** The prompts are encoded; sampling begins. */
  record PromptsEncoded() implements GenerationEvent {}

  /**
   * A sampling step is done.
   *
   * @param image the image's index, from 0
   * @param number the step, from 1
   * @param total how many steps this image takes, in both passes of hires fix
   * @param sigma the noise level at which the step started, in units of the data's standard
   *     deviation
   * @param preview a preview of the unfinished image, see {@link GenerationListener#stepEnd}; empty
   *     if the step was not requested yet when it was done
   */
  record StepDone(int image, int number, int total, double sigma, Optional<Image> preview)
      implements GenerationEvent {
    /**
     * Refuses null.
     *
     * @param image the image's index
     * @param number the step
     * @param total the number of steps
     * @param sigma the noise level
     * @param preview what the image looks like so far, or empty
     */
    public StepDone {
      Objects.requireNonNull(preview, "preview");
    }

    /** {@return the share of this image's steps that are done, from above 0 to 1} */
    public double progress() {
      return (double) number / total;
    }
  }

  /**
   * An image is finished.
   *
   * @param index the image's index, from 0
   * @param image the image
   */
  record ImageDone(int index, GeneratedImage image) implements GenerationEvent {
    /**
     * Refuses null.
     *
     * @param index the image's index
     * @param image the image
     */
    public ImageDone {
      Objects.requireNonNull(image, "image");
    }
  }

  /**
   * All images are made; nothing comes after this but the completion.
   *
   * @param result what {@link Pipeline#generate(PromptSpec)} returns
   */
  record ResultReady(GenerationResult result) implements GenerationEvent {
    /**
     * Refuses null.
     *
     * @param result the images and how they came about
     */
    public ResultReady {
      Objects.requireNonNull(result, "result");
    }
  }
}
