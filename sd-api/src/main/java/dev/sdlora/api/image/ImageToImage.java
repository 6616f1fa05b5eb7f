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
 * An image that the request starts from in place of noise; A1111's "img2img". Immutable; safe for
 * several threads.
 */
public final class ImageToImage {
  private final Builder values;

  private ImageToImage(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the defaults that its setters tell}
   *
   * @param picture where to start from; it is brought to the request's size
   */
  public static Builder builder(Image picture) {
    Objects.requireNonNull(picture, "picture");
    return new Builder(picture);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the image to start from} */
  public Image image() {
    return values.picture;
  }

  /** {@return how much of the way from noise to image is gone again, 0 to 1} Default 0.75. */
  public double denoisingStrength() {
    return values.denoisingStrength;
  }

  /** {@return how the image gets to the request's size} Default {@link ResizeMode#JUST_RESIZE}. */
  public ResizeMode resizeMode() {
    return values.resizeMode;
  }

  /**
   * {@return whether all steps are done, rather than their share by the strength} Default false.
   */
  public boolean fixSteps() {
    return values.fixSteps;
  }

  /** {@return the factor on the noise that the image gets, 0 to 1.5} Default 1. */
  public double noiseMultiplier() {
    return values.noiseMultiplier;
  }

  /** {@return whether the result gets the colours of the image} Default false. */
  public boolean colorCorrection() {
    return values.colorCorrection;
  }

  /** {@return which part is repainted; empty for the whole image} */
  public Optional<Inpainting> inpainting() {
    return values.inpainting;
  }

  /** {@return what is painted beyond the edges; empty for nothing} */
  public Optional<Outpainting> outpainting() {
    return values.outpainting;
  }

  /** Whether the other has the same settings. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageToImage settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** The size of the image and how much of it may change. */
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

  /** Collects settings. Every setter checks its value at once. Not safe for several threads. */
  public static final class Builder {
    private final Image picture;
    private double denoisingStrength = 0.75;
    private ResizeMode resizeMode = ResizeMode.JUST_RESIZE;
    private boolean fixSteps;
    private double noiseMultiplier = 1;
    private boolean colorCorrection;
    private Optional<Inpainting> inpainting = Optional.empty();
    private Optional<Outpainting> outpainting = Optional.empty();

    private Builder(Image picture) {
      this.picture = picture;
    }

    private Builder(Builder other) {
      picture = other.picture;
      denoisingStrength = other.denoisingStrength;
      resizeMode = other.resizeMode;
      fixSteps = other.fixSteps;
      noiseMultiplier = other.noiseMultiplier;
      colorCorrection = other.colorCorrection;
      inpainting = other.inpainting;
      outpainting = other.outpainting;
    }

    /**
     * Sets how much of the image may change. That share of the steps is done.
     *
     * @param strength 0 gives the image back but for what the VAE loses, 1 leaves almost nothing of
     *     it. Default 0.75
     * @return this builder
     * @throws IllegalArgumentException if it is not from 0 to 1
     */
    public Builder denoisingStrength(double strength) {
      this.denoisingStrength = Checks.inRange(0, 1, strength, "denoisingStrength");
      return this;
    }

    /**
     * Takes over what a text says about img2img: its {@code Denoising strength} and {@code Noise
     * multiplier}. The image is never in the text.
     *
     * @param parameters see {@link PromptSpec#otherParameters()}
     * @return this builder
     * @throws IllegalArgumentException if a value makes no sense
     */
    public Builder parameters(Map<String, String> parameters) {
      Objects.requireNonNull(parameters, "parameters");
      Decimals.of(parameters, "Denoising strength").ifPresent(this::denoisingStrength);
      Decimals.of(parameters, "Noise multiplier").ifPresent(this::noiseMultiplier);
      return this;
    }

    /**
     * Sets how the image gets to the request's size.
     *
     * @param mode default {@link ResizeMode#JUST_RESIZE}
     * @return this builder
     */
    public Builder resizeMode(ResizeMode mode) {
      this.resizeMode = Objects.requireNonNull(mode, "mode");
      return this;
    }

    /**
     * Sets whether all steps are done, on a schedule that is finer by the strength; A1111's "With
     * img2img, do exactly the amount of steps the slider specifies".
     *
     * @param fix default false: as many steps as the strength leaves
     * @return this builder
     */
    public Builder fixSteps(boolean fix) {
      this.fixSteps = fix;
      return this;
    }

    /**
     * Sets the factor on the noise that the image gets.
     *
     * @param factor 0 to 1.5. Default 1; less makes the result smoother
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder noiseMultiplier(double factor) {
      this.noiseMultiplier = Checks.inRange(0, 1.5, factor, "noiseMultiplier");
      return this;
    }

    /**
     * Sets whether the result gets the colours of the image.
     *
     * @param correct default false
     * @return this builder
     */
    public Builder colorCorrection(boolean correct) {
      this.colorCorrection = correct;
      return this;
    }

    /**
     * Repaints a part of the image. Default: the whole.
     *
     * @param inpainting which part, by a mask as large as the image
     * @return this builder
     */
    public Builder inpainting(Inpainting inpainting) {
      this.inpainting = Optional.of(Objects.requireNonNull(inpainting, "inpainting"));
      return this;
    }

    /**
     * Paints beyond the image's edges. Default: not.
     *
     * @param outpainting how far on which side; cannot be combined with {@link #inpainting}
     * @return this builder
     */
    public Builder outpainting(Outpainting outpainting) {
      this.outpainting = Optional.of(Objects.requireNonNull(outpainting, "outpainting"));
      return this;
    }

    /**
     * {@return the settings} The builder can be used further.
     *
     * @throws IllegalStateException if inpainting and outpainting are both set
     * @throws IllegalArgumentException if the mask has another size than the image
     */
    public ImageToImage build() {
      if (inpainting.isPresent() && outpainting.isPresent()) {
        throw new IllegalStateException("inpainting and outpainting cannot be combined");
      }
      inpainting.ifPresent(part -> requireSameSize(part.mask()));
      return new ImageToImage(new Builder(this));
    }

    private void requireSameSize(Image mask) {
      if (mask.width() != picture.width() || mask.height() != picture.height()) {
        throw new IllegalArgumentException(
            "the mask must be as large as the picture: the mask has %sx%s pixels, the picture %sx%s"
                .formatted(mask.width(), mask.height(), picture.width(), picture.height()));
      }
    }

    private List<Object> state() {
      return List.of(
          picture,
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
