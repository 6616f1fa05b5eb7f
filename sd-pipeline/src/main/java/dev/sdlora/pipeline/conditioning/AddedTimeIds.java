package dev.sdlora.pipeline.conditioning;

import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.network.SizeConditions;

/**
 * The sizes that a pass tells the U-Net of SDXL. A1111 tells the size of the image for all of them,
 * no crop, and to the refiner an aesthetic score.
 *
 * @param family of the model
 * @param vectorWidth numbers that its U-Net reads beside the text; 0 if it reads none
 * @param given what the request says
 * @param own what is told where the request says nothing, of the images
 */
public record AddedTimeIds(
    ModelFamily family, int vectorWidth, SizeConditioning given, SizeConditioning.Size own) {

  /**
   * A condition with the sizes behind what the text says as a whole.
   *
   * @param negative whether it is what the image is not to show
   */
  Conditioning with(Conditioning condition, boolean negative) {
    return vectorWidth == 0
        ? condition
        : condition.with(SizeConditions.vector(condition.vector(), numbers(negative), vectorWidth));
  }

  private double[] numbers(boolean negative) {
    SizeConditioning.Size original = given.originalSize().orElse(own);
    if (family == ModelFamily.SDXL_REFINER) {
      double score = negative ? given.negativeAestheticScore() : given.aestheticScore();
      return new double[] {
        original.height(), original.width(), given.cropTop(), given.cropLeft(), score
      };
    }
    SizeConditioning.Size target = given.targetSize().orElse(own);
    return new double[] {
      original.height(),
      original.width(),
      given.cropTop(),
      given.cropLeft(),
      target.height(),
      target.width()
    };
  }
}
