package dev.sdlora.api.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A second pass over the enlarged image; A1111's "Hires. fix". Immutable and thread-safe. */
public final class HiresFix {
  private final Builder values;

  private HiresFix(Builder values) {
    this.values = values;
  }

  /** {@return a builder with the default values documented on its setters} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the factor for both sides, 1 to 8, used unless {@link #size()} is set} Default 2. */
  public double scale() {
    return values.scale;
  }

  /** {@return the size of the result; empty, the default, to use {@link #scale()}} */
  public Optional<ImageSize> size() {
    return values.size;
  }

  /** {@return the upscaler used between the passes} Default {@link Upscaler#LATENT}. */
  public Upscaler upscaler() {
    return values.upscaler;
  }

  /**
   * {@return the number of steps of the second pass; empty, the default, for that of the first
   * pass}
   */
  public OptionalInt steps() {
    return values.steps;
  }

  /** {@return the denoising strength of the second pass, 0 to 1} Default 0.7. */
  public double denoisingStrength() {
    return values.denoisingStrength;
  }

  /** {@return the prompt of the second pass; empty, the default, for that of the first pass} */
  public Optional<String> prompt() {
    return values.prompt;
  }

  /**
   * {@return the negative prompt of the second pass; empty, the default, for that of the first
   * pass}
   */
  public Optional<String> negativePrompt() {
    return values.negativePrompt;
  }

  /** {@return the sampler of the second pass; empty, the default, for that of the first pass} */
  public Optional<Sampler> sampler() {
    return values.sampler;
  }

  /** {@return the schedule of the second pass; empty, the default, for that of the first pass} */
  public Optional<Schedule> schedule() {
    return values.schedule;
  }

  /** {@return the CFG scale of the second pass; empty, the default, for that of the first pass} */
  public OptionalDouble cfgScale() {
    return values.cfgScale;
  }

  /**
   * {@return the distilled guidance of the second pass; empty, the default, for that of the first
   * pass}
   */
  public OptionalDouble distilledGuidance() {
    return values.distilledGuidance;
  }

  /**
   * {@return the fraction of tokens that the second pass merges; empty, the default, for that of
   * the first pass}
   */
  public OptionalDouble tokenMergingRatio() {
    return values.tokenMergingRatio;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HiresFix settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** Returns the size or scale, the upscaler, and the denoising strength. */
  @Override
  public String toString() {
    return "HiresFix["
        + size().map(ImageSize::toString).orElse("scale " + scale())
        + ", "
        + upscaler().name()
        + ", strength "
        + denoisingStrength()
        + "]";
  }

  /** Builds the settings. Each setter validates its argument. Not thread-safe. */
  public static final class Builder {
    private double scale = 2;
    private Optional<ImageSize> size = Optional.empty();
    private Upscaler upscaler = Upscaler.LATENT;
    private OptionalInt steps = OptionalInt.empty();
    private double denoisingStrength = 0.7;
    private Optional<String> prompt = Optional.empty();
    private Optional<String> negativePrompt = Optional.empty();
    private Optional<Sampler> sampler = Optional.empty();
    private Optional<Schedule> schedule = Optional.empty();
    private OptionalDouble cfgScale = OptionalDouble.empty();
    private OptionalDouble distilledGuidance = OptionalDouble.empty();
    private OptionalDouble tokenMergingRatio = OptionalDouble.empty();

    private Builder() {}

    private Builder(Builder other) {
      scale = other.scale;
      size = other.size;
      upscaler = other.upscaler;
      steps = other.steps;
      denoisingStrength = other.denoisingStrength;
      prompt = other.prompt;
      negativePrompt = other.negativePrompt;
      sampler = other.sampler;
      schedule = other.schedule;
      cfgScale = other.cfgScale;
      distilledGuidance = other.distilledGuidance;
      tokenMergingRatio = other.tokenMergingRatio;
    }

    /**
     * Sets the factor for both sides and clears {@link #size}. The resulting sides are rounded down
     * to multiples of 8.
     *
     * @param scale 1 to 8. Default 2
     * @return this builder
     * @throws IllegalArgumentException if the scale is out of range
     */
    public Builder scale(double scale) {
      this.scale = Checks.inRange(1, 8, scale, "hires scale");
      this.size = Optional.empty();
      return this;
    }

    /**
     * Sets the size of the result instead of a factor.
     *
     * @param size the size of the result; if its aspect ratio differs from the first pass's, the
     *     image is scaled to cover the size and cropped
     * @return this builder
     */
    public Builder size(ImageSize size) {
      this.size = Optional.of(Objects.requireNonNull(size, "size"));
      return this;
    }

    /**
     * Sets the upscaler used between the passes.
     *
     * @param upscaler default {@link Upscaler#LATENT}
     * @return this builder
     */
    public Builder upscaler(Upscaler upscaler) {
      this.upscaler = Objects.requireNonNull(upscaler, "upscaler");
      return this;
    }

    /**
     * Sets the number of steps of the second pass. All of them run, whatever the denoising
     * strength.
     *
     * @param steps up to 1000; 0, the default, for the number of the first pass
     * @return this builder
     * @throws IllegalArgumentException if the number is out of range
     */
    public Builder steps(int steps) {
      Checks.inRange(0, 1000, steps, "hires steps");
      this.steps = steps == 0 ? OptionalInt.empty() : OptionalInt.of(steps);
      return this;
    }

    /**
     * Sets the denoising strength of the second pass.
     *
     * @param strength 0 (no change) to 1. Default 0.7; latent upscalers need more than 0.5, others
     *     look best with less
     * @return this builder
     * @throws IllegalArgumentException if the strength is out of range
     */
    public Builder denoisingStrength(double strength) {
      this.denoisingStrength = Checks.inRange(0, 1, strength, "hires denoisingStrength");
      return this;
    }

    /**
     * Sets the prompt of the second pass.
     *
     * @param prompt the prompt with its LoRA tags; empty, the default, for that of the first pass,
     *     as in A1111
     * @return this builder
     */
    public Builder prompt(String prompt) {
      this.prompt = setUnlessEmpty(Objects.requireNonNull(prompt, "prompt"));
      return this;
    }

    /**
     * Sets the negative prompt of the second pass.
     *
     * @param negativePrompt the negative prompt; empty, the default, for that of the first pass, as
     *     in A1111
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      this.negativePrompt =
          setUnlessEmpty(Objects.requireNonNull(negativePrompt, "negativePrompt"));
      return this;
    }

    /**
     * Sets the sampler of the second pass.
     *
     * @param sampler default: the sampler of the first pass
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      this.sampler = Optional.of(Objects.requireNonNull(sampler, "sampler"));
      return this;
    }

    /**
     * Sets the schedule of the second pass.
     *
     * @param schedule default: the schedule of the first pass
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      this.schedule = Optional.of(Objects.requireNonNull(schedule, "schedule"));
      return this;
    }

    /**
     * Sets the CFG scale of the second pass.
     *
     * @param cfgScale default: the CFG scale of the first pass
     * @return this builder
     * @throws IllegalArgumentException if the scale is negative, NaN or infinite
     */
    public Builder cfgScale(double cfgScale) {
      this.cfgScale = OptionalDouble.of(Checks.notNegative(cfgScale, "hires cfgScale"));
      return this;
    }

    /**
     * Sets the guidance scale that FLUX.1 [dev] and its kin read as an input in the second pass;
     * see {@link PromptSpec.Builder#distilledGuidance}.
     *
     * @param scale at least 0. Default: the distilled guidance of the first pass
     * @return this builder
     * @throws IllegalArgumentException if the scale is negative, NaN or infinite
     */
    public Builder distilledGuidance(double scale) {
      this.distilledGuidance =
          OptionalDouble.of(Checks.notNegative(scale, "hires distilledGuidance"));
      return this;
    }

    /**
     * Sets the fraction of tokens that the second pass merges. {@link
     * SpeedOptions.Builder#tokenMergingRatio} sets it for the first pass.
     *
     * @param ratio up to 0.9; 0, the default, for that of the first pass, as in A1111
     * @return this builder
     * @throws IllegalArgumentException if the ratio is out of range
     */
    public Builder tokenMergingRatio(double ratio) {
      Checks.inRange(0, 0.9, ratio, "hires tokenMergingRatio");
      this.tokenMergingRatio = ratio == 0 ? OptionalDouble.empty() : OptionalDouble.of(ratio);
      return this;
    }

    /** {@return the settings} The builder can be reused. */
    public HiresFix build() {
      return new HiresFix(new Builder(this));
    }

    private static Optional<String> setUnlessEmpty(String text) {
      return Optional.of(text).filter(given -> !given.isEmpty());
    }

    private List<Object> state() {
      return List.of(
          scale,
          size,
          upscaler,
          steps,
          denoisingStrength,
          prompt,
          negativePrompt,
          sampler,
          schedule,
          cfgScale,
          distilledGuidance,
          tokenMergingRatio);
    }
  }
}
