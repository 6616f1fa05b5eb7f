package dev.sdlora.families.conditioning;

import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.families.network.SizeConditions;

/**
 * The sizes on which a pass conditions SDXL's U-Net. Like A1111, a pass uses the image size for all
 * of them, no crop and, for the refiner, an aesthetic score.
 *
 * @param readsScore whether the U-Net reads an aesthetic score in place of the target size
 * @param vectorWidth the width of the vector that the U-Net reads in addition to the text; 0 if
 *     none
 * @param given the values from the request
 * @param own the size of the images, used for values that the request does not set
 */
public record AddedTimeIds(
    boolean readsScore, int vectorWidth, SizeConditioning given, PixelSize own) {

  /**
   * Returns a condition with the sizes appended to its pooled text embedding.
   *
   * @param negative whether it is the negative condition
   */
  Conditioning with(Conditioning condition, boolean negative) {
    return vectorWidth == 0
        ? condition
        : condition.with(SizeConditions.vector(condition.vector(), numbers(negative), vectorWidth));
  }

  private double[] numbers(boolean negative) {
    PixelSize original = given.originalSize().orElse(own);
    if (readsScore) {
      double score = negative ? given.negativeAestheticScore() : given.aestheticScore();
      return new double[] {
        original.height(), original.width(), given.cropTop(), given.cropLeft(), score
      };
    }
    PixelSize target = given.targetSize().orElse(own);
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
