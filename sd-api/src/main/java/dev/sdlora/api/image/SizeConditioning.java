package dev.sdlora.api.image;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What SDXL is told of the image beside the prompt (Podell et al. 2023, "SDXL", section 2.2): how
 * large it was and how it was cut before training, and to the refiner how beautiful it is. Other
 * families do not look at it. Immutable; start from {@link #DEFAULTS}.
 */
public final class SizeConditioning {
  /** What A1111 tells: the size of the image to make, no crop, scores of 6.0 and 2.5. */
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

  /** {@return the size before it was cut; empty for that of the image to make} */
  public Optional<PixelSize> originalSize() {
    return originalSize;
  }

  /** {@return the size after it was cut; empty for that of the image to make} */
  public Optional<PixelSize> targetSize() {
    return targetSize;
  }

  /** {@return how many pixels were cut off above} */
  public int cropTop() {
    return cropTop;
  }

  /** {@return how many pixels were cut off at the left} */
  public int cropLeft() {
    return cropLeft;
  }

  /** {@return how beautiful the image is, from 0 to 10, as the refiner is told with the prompt} */
  public double aestheticScore() {
    return aestheticScore;
  }

  /**
   * {@return how beautiful it is not to be, from 0 to 10, as the refiner is told with the negative
   * prompt}
   */
  public double negativeAestheticScore() {
    return negativeAestheticScore;
  }

  private List<Object> state() {
    return List.of(
        originalSize, targetSize, cropTop, cropLeft, aestheticScore, negativeAestheticScore);
  }

  /** Whether the other tells the same. */
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

  /** Collects what to tell. Not safe for use by several threads at once. */
  public static final class Builder {
    private @Nullable PixelSize originalSize;
    private @Nullable PixelSize targetSize;
    private int cropTop;
    private int cropLeft;
    private double aestheticScore = 6.0;
    private double negativeAestheticScore = 2.5;

    private Builder() {}

    /**
     * Sets the size before it was cut. Default that of the image to make.
     *
     * @param width pixels, at least 1
     * @param height pixels, at least 1
     * @return this builder
     * @throws IllegalArgumentException if a side is below 1
     */
    public Builder originalSize(int width, int height) {
      this.originalSize = new PixelSize(width, height);
      return this;
    }

    /**
     * Sets the size after it was cut. Default that of the image to make.
     *
     * @param width pixels, at least 1
     * @param height pixels, at least 1
     * @return this builder
     * @throws IllegalArgumentException if a side is below 1
     */
    public Builder targetSize(int width, int height) {
      this.targetSize = new PixelSize(width, height);
      return this;
    }

    /**
     * Sets what was cut off. Default nothing.
     *
     * @param top pixels from above, from 0
     * @param left pixels from the left, from 0
     * @return this builder
     * @throws IllegalArgumentException if one is negative
     */
    public Builder crop(int top, int left) {
      if (top < 0 || left < 0) {
        throw new IllegalArgumentException(
            "crop must not be negative: " + top + " from above, " + left + " from the left");
      }
      this.cropTop = top;
      this.cropLeft = left;
      return this;
    }

    /**
     * Sets the scores that the refiner is told.
     *
     * @param score with the prompt, from 0 to 10. Default 6.0
     * @param negative with the negative prompt, from 0 to 10. Default 2.5
     * @return this builder
     * @throws IllegalArgumentException if one is out of range
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
     * Builds it; the builder can be used further.
     *
     * @return what SDXL is told
     */
    public SizeConditioning build() {
      return new SizeConditioning(this);
    }
  }
}
