package dev.sdlora.api;

import dev.sdlora.api.image.Image;
import java.util.Objects;
import java.util.Optional;

/**
 * The events of {@link Pipeline#stream}, in this order: the {@linkplain Milestone milestones}
 * before sampling, then for each image its {@link StepDone steps} and {@link ImageDone}, and
 * finally {@link ResultReady}. If the hires pass has prompts of its own, LoRAs are applied and
 * prompts encoded again between the steps of both passes. Immutable.
 */
public sealed interface GenerationEvent {

  /** The points that a request passes before its first step, in this order. */
  enum Milestone implements GenerationEvent {
    /** The pipeline has accepted the request, which may have to wait for others. */
    QUEUED,
    /** Work begins; LoRAs are being applied to the weights or removed from them. */
    STARTED,
    /** The weights are ready for the request; the prompts are being encoded. */
    LORAS_APPLIED,
    /** The prompts are encoded; sampling begins. */
    PROMPTS_ENCODED
  }

  /**
   * A sampling step is done.
   *
   * @param image the image's index, from 0
   * @param number the step, from 1
   * @param total the number of steps of this image, including both passes of hires fix, and details
   *     as far as they have been found
   * @param sigma the noise level at which the step started, in units of the data's standard
   *     deviation
   * @param preview a preview of the unfinished image, see {@link GenerationListener#stepEnd}; empty
   *     if the step had not been requested yet when it was done
   */
  record StepDone(int image, int number, int total, double sigma, Optional<Image> preview)
      implements GenerationEvent {
    /**
     * Checks that the preview is not null.
     *
     * @param image the image's index
     * @param number the step
     * @param total the number of steps
     * @param sigma the noise level
     * @param preview a preview of the unfinished image, or empty
     */
    public StepDone {
      Objects.requireNonNull(preview, "preview");
    }

    /** {@return the fraction of this image's steps that are done, above 0 and at most 1} */
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
     * Checks that the image is not null.
     *
     * @param index the image's index
     * @param image the image
     */
    public ImageDone {
      Objects.requireNonNull(image, "image");
    }
  }

  /**
   * All images are done; only the completion follows.
   *
   * @param result the result of {@link Pipeline#generate(PromptSpec)}
   */
  record ResultReady(GenerationResult result) implements GenerationEvent {
    /**
     * Checks that the result is not null.
     *
     * @param result the images, with warnings and a report for each LoRA
     */
    public ResultReady {
      Objects.requireNonNull(result, "result");
    }
  }
}
