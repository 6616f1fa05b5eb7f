package dev.sdlora.api.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The image that a request starts from instead of noise; A1111's "img2img". Immutable and
 * thread-safe.
 */
public final class ImageToImage {
  private final Builder values;

  private ImageToImage(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the default values documented on its setters}
   *
   * @param image the image to start from; it is resized to the request's size
   */
  public static Builder builder(Image image) {
    Objects.requireNonNull(image, "image");
    return new Builder(image);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the image to start from} */
  public Image image() {
    return values.image;
  }

  /** {@return the denoising strength, 0 to 1} Default 0.75. */
  public double denoisingStrength() {
    return values.denoisingStrength;
  }

  /**
   * {@return the way the image is fitted to the request's size} Default {@link
   * ResizeMode#JUST_RESIZE}.
   */
  public ResizeMode resizeMode() {
    return values.resizeMode;
  }

  /**
   * {@return whether all steps run, instead of only the fraction given by the denoising strength}
   * Default false.
   */
  public boolean fixSteps() {
    return values.fixSteps;
  }

  /** {@return the factor for the noise added to the image, 0 to 1.5} Default 1. */
  public double noiseMultiplier() {
    return values.noiseMultiplier;
  }

  /**
   * {@return whether the colours of the result are matched to those of the image} Default false.
   */
  public boolean colorCorrection() {
    return values.colorCorrection;
  }

  /** {@return the part of the image to repaint; empty to repaint all of it} */
  public Optional<Inpainting> inpainting() {
    return values.inpainting;
  }

  /** {@return the areas to paint beyond the image's edges; empty for none} */
  public Optional<Outpainting> outpainting() {
    return values.outpainting;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageToImage settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** Returns the size of the image and the denoising strength. */
  @Override
  public String toString() {
    return "ImageToImage["
        + image().width()
        + "x"
        + image().height()
        + ", strength "
        + denoisingStrength()
        + inpainting().map(part -> ", " + part).orElse("")
        + outpainting().map(more -> ", " + more).orElse("")
        + "]";
  }

  /** Builds the settings. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private final Image image;
    private double denoisingStrength = 0.75;
    private ResizeMode resizeMode = ResizeMode.JUST_RESIZE;
    private boolean fixSteps;
    private double noiseMultiplier = 1;
    private boolean colorCorrection;
    private Optional<Inpainting> inpainting = Optional.empty();
    private Optional<Outpainting> outpainting = Optional.empty();

    private Builder(Image image) {
      this.image = image;
    }

    private Builder(Builder other) {
      image = other.image;
      denoisingStrength = other.denoisingStrength;
      resizeMode = other.resizeMode;
      fixSteps = other.fixSteps;
      noiseMultiplier = other.noiseMultiplier;
      colorCorrection = other.colorCorrection;
      inpainting = other.inpainting;
      outpainting = other.outpainting;
    }

    /**
     * Sets the denoising strength: how much of the image may change. Unless {@link #fixSteps} is
     * set, only this fraction of the steps runs.
     *
     * @param strength 0 to 1: at 0 the image is unchanged except for the loss in the VAE, at 1
     *     almost nothing of it is left. Default 0.75
     * @return this builder
     * @throws IllegalArgumentException if the strength is not from 0 to 1
     */
    public Builder denoisingStrength(double strength) {
      this.denoisingStrength = Checks.inRange(0, 1, strength, "denoisingStrength");
      return this;
    }

    /**
     * Applies the img2img settings of parsed generation parameters: {@code Denoising strength} and
     * {@code Noise multiplier}. Parameters never contain the image.
     *
     * @param parameters see {@link PromptSpec#otherParameters()}
     * @return this builder
     * @throws IllegalArgumentException if a value is invalid
     */
    public Builder parameters(Map<String, String> parameters) {
      Objects.requireNonNull(parameters, "parameters");
      Decimals.of(parameters, "Denoising strength").ifPresent(this::denoisingStrength);
      Decimals.of(parameters, "Noise multiplier").ifPresent(this::noiseMultiplier);
      return this;
    }

    /**
     * Sets how the image is fitted to the request's size.
     *
     * @param mode default {@link ResizeMode#JUST_RESIZE}
     * @return this builder
     */
    public Builder resizeMode(ResizeMode mode) {
      this.resizeMode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Sets whether all steps run, on a schedule that is finer in proportion to the denoising
     * strength; A1111's "With img2img, do exactly the amount of steps the slider specifies".
     *
     * @param fix default false: only the fraction of the steps given by the denoising strength runs
     * @return this builder
     */
    public Builder fixSteps(boolean fix) {
      this.fixSteps = fix;
      return this;
    }

    /**
     * Sets the factor for the noise added to the image.
     *
     * @param factor 0 to 1.5. Default 1; smaller factors give smoother results
     * @return this builder
     * @throws IllegalArgumentException if the factor is out of range
     */
    public Builder noiseMultiplier(double factor) {
      this.noiseMultiplier = Checks.inRange(0, 1.5, factor, "noiseMultiplier");
      return this;
    }

    /**
     * Sets whether the colours of the result are matched to those of the image.
     *
     * @param correct default false
     * @return this builder
     */
    public Builder colorCorrection(boolean correct) {
      this.colorCorrection = correct;
      return this;
    }

    /**
     * Repaints only a part of the image. Default: all of it.
     *
     * @param inpainting the mask, which must have the size of the image, and its settings
     * @return this builder
     */
    public Builder inpainting(Inpainting inpainting) {
      this.inpainting = Optional.of(Objects.requireNonNull(inpainting, "inpainting"));
      return this;
    }

    /**
     * Extends the image beyond its edges. Default: no extension.
     *
     * @param outpainting the pixels to add on each side; cannot be combined with {@link
     *     #inpainting}
     * @return this builder
     */
    public Builder outpainting(Outpainting outpainting) {
      this.outpainting = Optional.of(Objects.requireNonNull(outpainting, "outpainting"));
      return this;
    }

    /**
     * {@return the settings} The builder can be reused.
     *
     * @throws IllegalStateException if inpainting and outpainting are both set
     * @throws IllegalArgumentException if the mask and the image differ in size
     */
    public ImageToImage build() {
      if (inpainting.isPresent() && outpainting.isPresent()) {
        throw new IllegalStateException("inpainting and outpainting cannot be combined");
      }
      inpainting.ifPresent(part -> requireSameSize(part.mask()));
      return new ImageToImage(new Builder(this));
    }

    private void requireSameSize(Image mask) {
      if (mask.width() != image.width() || mask.height() != image.height()) {
        throw new IllegalArgumentException(
            "the mask must be as large as the image: the mask has %sx%s pixels, the image %sx%s"
                .formatted(mask.width(), mask.height(), image.width(), image.height()));
      }
    }

    private List<Object> state() {
      return List.of(
          image,
          denoisingStrength,
          resizeMode,
          fixSteps,
          noiseMultiplier,
          colorCorrection,
          inpainting,
          outpainting);
    }
  }
}
