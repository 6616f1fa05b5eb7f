package dev.sdlora.api.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which part of an image is repainted, and from what. Immutable; safe for several threads. */
public final class Inpainting {
  private final Builder values;

  private Inpainting(Builder values) {
    this.values = values;
  }

  /**
   * {@return a builder with the defaults that its setters tell}
   *
   * @param mask as large as the image; what is white is repainted, grey partly
   */
  public static Builder builder(Image mask) {
    Objects.requireNonNull(mask, "mask");
    return new Builder(mask);
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the mask, as large as the image; white is repainted} */
  public Image mask() {
    return values.mask;
  }

  /**
   * {@return how far the mask's edge is blurred: the standard deviation in pixels of the image, 0
   * to 64} Default 4.
   */
  public int maskBlur() {
    return values.maskBlur;
  }

  /** {@return what the place starts from} Default {@link MaskedContent#ORIGINAL}. */
  public MaskedContent maskedContent() {
    return values.maskedContent;
  }

  /** {@return whether black is repainted in place of white} Default false. */
  public boolean inverted() {
    return values.inverted;
  }

  /**
   * {@return whether only the mask's surroundings are painted, at the request's size} Default
   * false.
   */
  public boolean onlyMasked() {
    return values.onlyMasked;
  }

  /** {@return how many pixels around the mask are painted along with it, 0 to 256} Default 32. */
  public int padding() {
    return values.padding;
  }

  /**
   * {@return how far inpainting models are blinded to what the mask covers, 0 to 1} Default 1:
   * wholly.
   */
  public double conditionalMaskWeight() {
    return values.conditionalMaskWeight;
  }

  /** Whether the other has the same settings. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Inpainting settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** The size of the mask and what lies under it. */
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

  /** Collects settings. Every setter checks its value at once. Not safe for several threads. */
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
     * Takes over what a text says about inpainting: {@code Mask blur}, {@code Masked content} and
     * so on. The mask is never in the text.
     *
     * @param parameters see {@link PromptSpec#otherParameters()}
     * @return this builder
     * @throws IllegalArgumentException if a value makes no sense
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
     * @param pixels its standard deviation in pixels of the image, 0 to 64. Default 4; 0 for none
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder maskBlur(int pixels) {
      this.maskBlur = Checks.inRange(0, 64, pixels, "maskBlur");
      return this;
    }

    /**
     * Sets what the place starts from.
     *
     * @param content default {@link MaskedContent#ORIGINAL}
     * @return this builder
     */
    public Builder maskedContent(MaskedContent content) {
      this.maskedContent = Objects.requireNonNull(content, "content");
      return this;
    }

    /**
     * Sets whether black is repainted in place of white.
     *
     * @param inverted default false
     * @return this builder
     */
    public Builder inverted(boolean inverted) {
      this.inverted = inverted;
      return this;
    }

    /**
     * Sets whether only the mask's surroundings are cut out, painted at the request's size and put
     * back, so that small things get all the pixels.
     *
     * @param onlyMasked default false: the whole image is painted
     * @return this builder
     */
    public Builder onlyMasked(boolean onlyMasked) {
      this.onlyMasked = onlyMasked;
      return this;
    }

    /**
     * Sets how much around the mask {@link #onlyMasked} takes along.
     *
     * @param pixels 0 to 256, on each side. Default 32
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder padding(int pixels) {
      this.padding = Checks.inRange(0, 256, pixels, "padding");
      return this;
    }

    /**
     * Sets how far inpainting models are blinded to what the mask covers. Other models pass it
     * over.
     *
     * @param weight 0 (they see it) to 1 (the default, they do not)
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder conditionalMaskWeight(double weight) {
      this.conditionalMaskWeight = Checks.inRange(0, 1, weight, "conditionalMaskWeight");
      return this;
    }

    /** {@return the settings} The builder can be used further. */
    public Inpainting build() {
      return new Inpainting(new Builder(this));
    }

    private List<Object> state() {
      return List.of(
          mask, maskBlur, maskedContent, inverted, onlyMasked, padding, conditionalMaskWeight);
    }
  }
}
