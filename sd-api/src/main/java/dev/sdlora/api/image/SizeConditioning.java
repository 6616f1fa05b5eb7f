package dev.sdlora.api.image;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The size conditioning of SDXL, passed to it in addition to the prompt (Podell et al. 2023,
 * "SDXL", section 2.2): the size of an image before training and its crop, and for the refiner an
 * aesthetic score. Other model families ignore it. Immutable; start from {@link #DEFAULTS}.
 */
public final class SizeConditioning {
  /** A1111's values: the size of the generated image, no crop, scores of 6.0 and 2.5. */
  public static final SizeConditioning DEFAULTS =
      new SizeConditioning(Optional.empty(), Optional.empty(), 0, 0, 6.0, 2.5);

  private final Optional<PixelSize> originalSize;
  private final Optional<PixelSize> targetSize;
  private final int cropTop;
  private final int cropLeft;
  private final double aestheticScore;
  private final double negativeAestheticScore;

  private SizeConditioning(
      Optional<PixelSize> originalSize,
      Optional<PixelSize> targetSize,
      int cropTop,
      int cropLeft,
      double aestheticScore,
      double negativeAestheticScore) {
    this.originalSize = originalSize;
    this.targetSize = targetSize;
    this.cropTop = cropTop;
    this.cropLeft = cropLeft;
    this.aestheticScore = aestheticScore;
    this.negativeAestheticScore = negativeAestheticScore;
  }

  /**
   * {@return a copy with another size before cropping}
   *
   * @param width the width in pixels, at least 1
   * @param height the height in pixels, at least 1
   * @throws IllegalArgumentException if a side is below 1
   */
  public SizeConditioning withOriginalSize(int width, int height) {
    return new SizeConditioning(
        Optional.of(new PixelSize(width, height)),
        targetSize,
        cropTop,
        cropLeft,
        aestheticScore,
        negativeAestheticScore);
  }

  /**
   * {@return a copy with another size after cropping}
   *
   * @param width the width in pixels, at least 1
   * @param height the height in pixels, at least 1
   * @throws IllegalArgumentException if a side is below 1
   */
  public SizeConditioning withTargetSize(int width, int height) {
    return new SizeConditioning(
        originalSize,
        Optional.of(new PixelSize(width, height)),
        cropTop,
        cropLeft,
        aestheticScore,
        negativeAestheticScore);
  }

  /**
   * {@return a copy with another crop}
   *
   * @param top the pixels cropped at the top, at least 0
   * @param left the pixels cropped at the left, at least 0
   * @throws IllegalArgumentException if a number is negative
   */
  public SizeConditioning withCrop(int top, int left) {
    if (top < 0 || left < 0) {
      throw new IllegalArgumentException(
          "crop must not be negative: " + top + " at the top, " + left + " at the left");
    }
    return new SizeConditioning(
        originalSize, targetSize, top, left, aestheticScore, negativeAestheticScore);
  }

  /**
   * {@return a copy with other aesthetic scores passed to the refiner}
   *
   * @param score the score with the prompt, 0 to 10
   * @param negative the score with the negative prompt, 0 to 10
   * @throws IllegalArgumentException if a score is out of range
   */
  public SizeConditioning withAestheticScores(double score, double negative) {
    if (!(score >= 0 && score <= 10 && negative >= 0 && negative <= 10)) {
      throw new IllegalArgumentException(
          "aesthetic scores must be from 0 to 10: " + score + " and " + negative);
    }
    return new SizeConditioning(originalSize, targetSize, cropTop, cropLeft, score, negative);
  }

  /** {@return the size before cropping; empty, the default, for that of the generated image} */
  public Optional<PixelSize> originalSize() {
    return originalSize;
  }

  /** {@return the size after cropping; empty, the default, for that of the generated image} */
  public Optional<PixelSize> targetSize() {
    return targetSize;
  }

  /** {@return the number of pixels cropped at the top} Default 0. */
  public int cropTop() {
    return cropTop;
  }

  /** {@return the number of pixels cropped at the left} Default 0. */
  public int cropLeft() {
    return cropLeft;
  }

  /** {@return the aesthetic score passed to the refiner with the prompt, 0 to 10} Default 6.0. */
  public double aestheticScore() {
    return aestheticScore;
  }

  /**
   * {@return the aesthetic score passed to the refiner with the negative prompt, 0 to 10} Default
   * 2.5.
   */
  public double negativeAestheticScore() {
    return negativeAestheticScore;
  }

  private List<Object> state() {
    return List.of(
        originalSize, targetSize, cropTop, cropLeft, aestheticScore, negativeAestheticScore);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SizeConditioning that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  @Override
  public String toString() {
    return "SizeConditioning" + state();
  }
}
