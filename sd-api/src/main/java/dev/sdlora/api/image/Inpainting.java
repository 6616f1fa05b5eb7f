package dev.sdlora.api.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Repainting of the part of an image under a mask. Immutable and thread-safe. */
public final class Inpainting {
  private final Builder values;

  private Inpainting(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the default values documented on its setters}
   *
   * @param mask a mask with the size of the image; white areas are repainted, grey areas partly
   */
  public static Builder builder(Image mask) {
    Objects.requireNonNull(mask, "mask");
    return new Builder(mask);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the mask, which has the size of the image; white areas are repainted} */
  public Image mask() {
    return values.mask;
  }

  /**
   * {@return the blur of the mask's edge: its standard deviation in pixels of the image, 0 to 64}
   * Default 4.
   */
  public int maskBlur() {
    return values.maskBlur;
  }

  /**
   * {@return the content that the masked area starts from} Default {@link MaskedContent#ORIGINAL}.
   */
  public MaskedContent maskedContent() {
    return values.maskedContent;
  }

  /** {@return whether black areas are repainted instead of white ones} Default false. */
  public boolean inverted() {
    return values.inverted;
  }

  /**
   * {@return whether only the mask's surroundings are generated, at the request's size} Default
   * false.
   */
  public boolean onlyMasked() {
    return values.onlyMasked;
  }

  /**
   * {@return the margin around the mask that {@link #onlyMasked()} includes, 0 to 256 pixels}
   * Default 32.
   */
  public int padding() {
    return values.padding;
  }

  /**
   * {@return the degree to which the masked content is hidden from inpainting models, 0 (visible)
   * to 1 (hidden)} Default 1.
   */
  public double conditionalMaskWeight() {
    return values.conditionalMaskWeight;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Inpainting settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** Returns the size of the mask, its blur and the masked content. */
  @Override
  public String toString() {
    return "Inpainting["
        + mask().width()
        + "x"
        + mask().height()
        + ", blur "
        + maskBlur()
        + ", "
        + maskedContent().label()
        + "]";
  }

  /** Builds the settings. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private final Image mask;
    private int maskBlur = 4;
    private MaskedContent maskedContent = MaskedContent.ORIGINAL;
    private boolean inverted;
    private boolean onlyMasked;
    private int padding = 32;
    private double conditionalMaskWeight = 1;

    private Builder(Image mask) {
      this.mask = mask;
    }

    private Builder(Builder other) {
      mask = other.mask;
      maskBlur = other.maskBlur;
      maskedContent = other.maskedContent;
      inverted = other.inverted;
      onlyMasked = other.onlyMasked;
      padding = other.padding;
      conditionalMaskWeight = other.conditionalMaskWeight;
    }

    /**
     * Applies the inpainting settings of parsed generation parameters: {@code Mask blur}, {@code
     * Masked content} and so on. Parameters never contain the mask.
     *
     * @param parameters see {@link PromptSpec#otherParameters()}
     * @return this builder
     * @throws IllegalArgumentException if a value is invalid
     */
    public Builder parameters(Map<String, String> parameters) {
      Objects.requireNonNull(parameters, "parameters");
      Decimals.of(parameters, "Mask blur").ifPresent(pixels -> maskBlur((int) pixels));
      Decimals.of(parameters, "Masked area padding").ifPresent(pixels -> padding((int) pixels));
      Decimals.of(parameters, "Conditional mask weight").ifPresent(this::conditionalMaskWeight);
      Optional.ofNullable(parameters.get("Masked content"))
          .map(MaskedContent::parse)
          .ifPresent(this::maskedContent);
      return inverted("Inpaint not masked".equals(parameters.get("Mask mode")))
          .onlyMasked("Only masked".equals(parameters.get("Inpaint area")));
    }

    /**
     * Sets the blur of the mask's edge.
     *
     * @param pixels the standard deviation in pixels of the image, 0 to 64; 0 for a hard edge.
     *     Default 4
     * @return this builder
     * @throws IllegalArgumentException if the blur is out of range
     */
    public Builder maskBlur(int pixels) {
      this.maskBlur = Checks.inRange(0, 64, pixels, "maskBlur");
      return this;
    }

    /**
     * Sets the content that the masked area starts from.
     *
     * @param content default {@link MaskedContent#ORIGINAL}
     * @return this builder
     */
    public Builder maskedContent(MaskedContent content) {
      this.maskedContent = Objects.requireNonNull(content, "content");
      return this;
    }

    /**
     * Sets whether black areas are repainted instead of white ones.
     *
     * @param inverted default false
     * @return this builder
     */
    public Builder inverted(boolean inverted) {
      this.inverted = inverted;
      return this;
    }

    /**
     * Sets whether only the mask's surroundings are cut out, generated at the request's size and
     * pasted back, which gives small subjects the full resolution.
     *
     * @param onlyMasked default false: the whole image is generated
     * @return this builder
     */
    public Builder onlyMasked(boolean onlyMasked) {
      this.onlyMasked = onlyMasked;
      return this;
    }

    /**
     * Sets the margin around the mask that {@link #onlyMasked} includes.
     *
     * @param pixels 0 to 256 pixels on each side. Default 32
     * @return this builder
     * @throws IllegalArgumentException if the margin is out of range
     */
    public Builder padding(int pixels) {
      this.padding = Checks.inRange(0, 256, pixels, "padding");
      return this;
    }

    /**
     * Sets how strongly the masked content is hidden from inpainting models. Other models ignore
     * this.
     *
     * @param weight 0 (visible) to 1 (hidden). Default 1
     * @return this builder
     * @throws IllegalArgumentException if the weight is out of range
     */
    public Builder conditionalMaskWeight(double weight) {
      this.conditionalMaskWeight = Checks.inRange(0, 1, weight, "conditionalMaskWeight");
      return this;
    }

    /** {@return the settings} The builder can be reused. */
    public Inpainting build() {
      return new Inpainting(new Builder(this));
    }

    private List<Object> state() {
      return List.of(
          mask, maskBlur, maskedContent, inverted, onlyMasked, padding, conditionalMaskWeight);
    }
  }
}
