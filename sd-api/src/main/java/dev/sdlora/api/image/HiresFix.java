package dev.sdlora.api.image;

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

/**
 * A second pass over the enlarged image; A1111's "Hires. fix". Immutable; safe for several threads.
 */
public final class HiresFix {
  private final Builder values;

  private HiresFix(Builder values) {
    this.values = values;
  }

  /** {@return a builder with the defaults that its setters tell} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** {@return the factor on both sides, 1 to 8, unless {@link #size()} is set} Default 2. */
  public double scale() {
    return values.scale;
  }

  /** {@return the size of the result; empty, the default, to go by {@link #scale()}} */
  public Optional<ImageSize> size() {
    return values.size;
  }

  /** {@return what enlarges between the passes} Default {@link Upscaler#LATENT}. */
  public Upscaler upscaler() {
    return values.upscaler;
  }

  /** {@return the steps of the second pass; empty, the default, for those of the first} */
  public OptionalInt steps() {
    return values.steps;
  }

  /** {@return how much the second pass may change, 0 to 1} Default 0.7. */
  public double denoisingStrength() {
    return values.denoisingStrength;
  }

  /** {@return the prompt of the second pass; empty, the default, for that of the first} */
  public Optional<String> prompt() {
    return values.prompt;
  }

  /** {@return the negative prompt of the second pass; empty, the default, for that of the first} */
  public Optional<String> negativePrompt() {
    return values.negativePrompt;
  }

  /** {@return the sampler of the second pass; empty, the default, for that of the first} */
  public Optional<Sampler> sampler() {
    return values.sampler;
  }

  /** {@return the schedule of the second pass; empty, the default, for that of the first} */
  public Optional<Schedule> schedule() {
    return values.schedule;
  }

  /** {@return the guidance scale of the second pass; empty, the default, for that of the first} */
  public OptionalDouble cfgScale() {
    return values.cfgScale;
  }

  /**
   * {@return the share of tokens that the second pass merges; empty, the default, for that of the
   * first}
   */
  public OptionalDouble tokenMergingRatio() {
    return values.tokenMergingRatio;
  }

  /** Whether the other has the same settings. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HiresFix settings && values.state().equals(settings.values.state());
  }

  @Override
  public int hashCode() {
    return values.state().hashCode();
  }

  /** The size, the upscaler, and how much may change. */
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

  /** Collects settings. Every setter checks its value at once. Not safe for several threads. */
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
      tokenMergingRatio = other.tokenMergingRatio;
    }

    /**
     * Sets the factor on both sides, and forgets a {@link #size}. Sides are rounded down to
     * multiples of 8.
     *
     * @param scale 1 to 8. Default 2
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder scale(double scale) {
      this.scale = Checks.inRange(1, 8, scale, "hires scale");
      this.size = Optional.empty();
      return this;
    }

    /**
     * Sets the size of the result in place of a factor.
     *
     * @param size with other proportions than the first pass has, the image is enlarged until it
     *     covers the size, and cut
     * @return this builder
     */
    public Builder size(ImageSize size) {
      this.size = Optional.of(Objects.requireNonNull(size, "size"));
      return this;
    }

    /**
     * Sets what enlarges between the passes.
     *
     * @param upscaler default {@link Upscaler#LATENT}
     * @return this builder
     */
    public Builder upscaler(Upscaler upscaler) {
      this.upscaler = Objects.requireNonNull(upscaler, "upscaler");
      return this;
    }

    /**
     * Sets the steps of the second pass; all of them are done whatever the strength.
     *
     * @param steps up to 1000; 0, the default, for as many as in the first pass
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder steps(int steps) {
      Checks.inRange(0, 1000, steps, "hires steps");
      this.steps = steps == 0 ? OptionalInt.empty() : OptionalInt.of(steps);
      return this;
    }

    /**
     * Sets how much the second pass may change.
     *
     * @param strength 0 to 1. Default 0.7; latent upscalers need more than 0.5, others look best
     *     with less
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder denoisingStrength(double strength) {
      this.denoisingStrength = Checks.inRange(0, 1, strength, "hires denoisingStrength");
      return this;
    }

    /**
     * Sets the prompt of the second pass.
     *
     * @param prompt with its LoRA tags; empty, the default, for the first one's, as in A1111
     * @return this builder
     */
    public Builder prompt(String prompt) {
      this.prompt = setUnlessEmpty(Objects.requireNonNull(prompt, "prompt"));
      return this;
    }

    /**
     * Sets the negative prompt of the second pass.
     *
     * @param negativePrompt empty, the default, for the first one's, as in A1111
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
     * @param sampler default: the first one's
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      this.sampler = Optional.of(Objects.requireNonNull(sampler, "sampler"));
      return this;
    }

    /**
     * Sets the schedule of the second pass.
     *
     * @param schedule default: the first one's
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      this.schedule = Optional.of(Objects.requireNonNull(schedule, "schedule"));
      return this;
    }

    /**
     * Sets the guidance scale of the second pass.
     *
     * @param cfgScale default: the first one's
     * @return this builder
     * @throws IllegalArgumentException if it is negative, NaN or infinite
     */
    public Builder cfgScale(double cfgScale) {
      this.cfgScale = OptionalDouble.of(Checks.notNegative(cfgScale, "hires cfgScale"));
      return this;
    }

    /**
     * Sets the share of tokens that the second pass merges, as {@link
     * SpeedOptions.Builder#tokenMergingRatio} does for the first.
     *
     * @param ratio up to 0.9; 0, the default, for the first one's, as in A1111
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder tokenMergingRatio(double ratio) {
      Checks.inRange(0, 0.9, ratio, "hires tokenMergingRatio");
      this.tokenMergingRatio = ratio == 0 ? OptionalDouble.empty() : OptionalDouble.of(ratio);
      return this;
    }

    /** {@return the settings} The builder can be used further. */
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
          tokenMergingRatio);
    }
  }
}
