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
  public static final SizeConditioning DEFAULTS = builder().build();

  private final Optional<PixelSize> originalSize;
  private final Optional<PixelSize> targetSize;
  private final int cropTop;
  private final int cropLeft;
  private final double aestheticScore;
  private final double negativeAestheticScore;

  private SizeConditioning(Builder values) {
    originalSize = Optional.ofNullable(values.originalSize);
    targetSize = Optional.ofNullable(values.targetSize);
    cropTop = values.cropTop;
    cropLeft = values.cropLeft;
    aestheticScore = values.aestheticScore;
    negativeAestheticScore = values.negativeAestheticScore;
  }

  /** {@return a builder that starts from {@link #DEFAULTS}} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from this one} */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.originalSize = originalSize.orElse(null);
    builder.targetSize = targetSize.orElse(null);
    builder.cropTop = cropTop;
    builder.cropLeft = cropLeft;
    builder.aestheticScore = aestheticScore;
    builder.negativeAestheticScore = negativeAestheticScore;
    return builder;
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

  /** Builds the settings. Not thread-safe. */
  public static final class Builder {
    private @Nullable PixelSize originalSize;
    private @Nullable PixelSize targetSize;
    private int cropTop;
    private int cropLeft;
    private double aestheticScore = 6.0;
    private double negativeAestheticScore = 2.5;

    private Builder() {}

    /**
     * Sets the size before cropping. Default: the size of the generated image.
     *
     * @param width the width in pixels, at least 1
     * @param height the height in pixels, at least 1
     * @return this builder
     * @throws IllegalArgumentException if a side is below 1
     */
    public Builder originalSize(int width, int height) {
      this.originalSize = new PixelSize(width, height);
      return this;
    }

    /**
     * Sets the size after cropping. Default: the size of the generated image.
     *
     * @param width the width in pixels, at least 1
     * @param height the height in pixels, at least 1
     * @return this builder
     * @throws IllegalArgumentException if a side is below 1
     */
    public Builder targetSize(int width, int height) {
      this.targetSize = new PixelSize(width, height);
      return this;
    }

    /**
     * Sets the crop. Default: none.
     *
     * @param top the pixels cropped at the top, at least 0
     * @param left the pixels cropped at the left, at least 0
     * @return this builder
     * @throws IllegalArgumentException if a number is negative
     */
    public Builder crop(int top, int left) {
      if (top < 0 || left < 0) {
        throw new IllegalArgumentException(
            "crop must not be negative: " + top + " at the top, " + left + " at the left");
      }
      this.cropTop = top;
      this.cropLeft = left;
      return this;
    }

    /**
     * Sets the aesthetic scores passed to the refiner.
     *
     * @param score the score with the prompt, 0 to 10. Default 6.0
     * @param negative the score with the negative prompt, 0 to 10. Default 2.5
     * @return this builder
     * @throws IllegalArgumentException if a score is out of range
     */
    public Builder aestheticScores(double score, double negative) {
      if (!(score >= 0 && score <= 10 && negative >= 0 && negative <= 10)) {
        throw new IllegalArgumentException(
            "aesthetic scores must be from 0 to 10: " + score + " and " + negative);
      }
      this.aestheticScore = score;
      this.negativeAestheticScore = negative;
      return this;
    }

    /** {@return the pixels cropped at the top} */
    public int cropTop() {
      return cropTop;
    }

    /** {@return the pixels cropped at the left} */
    public int cropLeft() {
      return cropLeft;
    }

    /** {@return the aesthetic score with the prompt, 0 to 10} */
    public double aestheticScore() {
      return aestheticScore;
    }

    /** {@return the aesthetic score with the negative prompt, 0 to 10} */
    public double negativeAestheticScore() {
      return negativeAestheticScore;
    }

    /**
     * Builds the settings. The builder can be reused.
     *
     * @return the settings
     */
    public SizeConditioning build() {
      return new SizeConditioning(this);
    }
  }
}
