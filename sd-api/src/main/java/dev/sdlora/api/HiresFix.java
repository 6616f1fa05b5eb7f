package dev.sdlora.api;

import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A second pass over the enlarged picture; A1111's "Hires. fix". Immutable; safe for several
 * threads.
 */
public final class HiresFix {
  private final Builder values;

  private HiresFix(Builder values) {
    this.values = values;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these settings. */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** The factor on both sides, unless {@link #size()} is set. Default 2. */
  public double scale() {
    return values.scale;
  }

  /** The size of the result, or empty to go by {@link #scale()}. */
  public Optional<ImageSize> size() {
    return values.size;
  }

  /** What enlarges between the passes. Default {@link Upscaler#LATENT}. */
  public Upscaler upscaler() {
    return values.upscaler;
  }

  /** The steps of the second pass; empty, the default, for those of the first. */
  public OptionalInt steps() {
    return values.steps;
  }

  /** How much the second pass may change. Default 0.7. */
  public double denoisingStrength() {
    return values.denoisingStrength;
  }

  /** The prompt of the second pass; empty, the default, for that of the first. */
  public Optional<String> prompt() {
    return values.prompt;
  }

  /** The negative prompt of the second pass; empty, the default, for that of the first. */
  public Optional<String> negativePrompt() {
    return values.negativePrompt;
  }

  /** The sampler of the second pass; empty, the default, for that of the first. */
  public Optional<Sampler> sampler() {
    return values.sampler;
  }

  /** The schedule of the second pass; empty, the default, for that of the first. */
  public Optional<Schedule> schedule() {
    return values.schedule;
  }

  /** The guidance scale of the second pass; empty, the default, for that of the first. */
  public OptionalDouble cfgScale() {
    return values.cfgScale;
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
    }

    /**
     * Sets the factor on both sides, 1 to 8, and forgets a {@link #size}. Default 2. Sides are
     * rounded down to multiples of 8.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder scale(double scale) {
      this.scale = Checks.inRange(1, 8, scale, "hires scale");
      this.size = Optional.empty();
      return this;
    }

    /**
     * Sets the size of the result in place of a factor. With other proportions than the first pass
     * has, the picture is enlarged until it covers the size, and cut.
     */
    public Builder size(ImageSize size) {
      this.size = Optional.of(Objects.requireNonNull(size, "size"));
      return this;
    }

    /** Sets what enlarges between the passes. Default {@link Upscaler#LATENT}. */
    public Builder upscaler(Upscaler upscaler) {
      this.upscaler = Objects.requireNonNull(upscaler, "upscaler");
      return this;
    }

    /**
     * Sets the steps of the second pass, up to 1000; all of them are done whatever the strength.
     * Default: as many as in the first pass, for which A1111 writes 0.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder steps(int steps) {
      Checks.inRange(0, 1000, steps, "hires steps");
      this.steps = steps == 0 ? OptionalInt.empty() : OptionalInt.of(steps);
      return this;
    }

    /**
     * Sets how much the second pass may change, 0 to 1. Default 0.7; latent upscalers need more
     * than 0.5, others look best with less.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder denoisingStrength(double strength) {
      this.denoisingStrength = Checks.inRange(0, 1, strength, "hires denoisingStrength");
      return this;
    }

    /**
     * Sets the prompt of the second pass, LoRA tags included. Default: the first one's, which is
     * also what an empty text means in A1111.
     */
    public Builder prompt(String prompt) {
      this.prompt = setUnlessEmpty(Objects.requireNonNull(prompt, "prompt"));
      return this;
    }

    /** Sets the negative prompt of the second pass; see {@link #prompt}. */
    public Builder negativePrompt(String negativePrompt) {
      this.negativePrompt =
          setUnlessEmpty(Objects.requireNonNull(negativePrompt, "negativePrompt"));
      return this;
    }

    /** Sets the sampler of the second pass. Default: the first one's. */
    public Builder sampler(Sampler sampler) {
      this.sampler = Optional.of(Objects.requireNonNull(sampler, "sampler"));
      return this;
    }

    /** Sets the schedule of the second pass. Default: the first one's. */
    public Builder schedule(Schedule schedule) {
      this.schedule = Optional.of(Objects.requireNonNull(schedule, "schedule"));
      return this;
    }

    /**
     * Sets the guidance scale of the second pass. Default: the first one's.
     *
     * @throws IllegalArgumentException if it is NaN or infinite
     */
    public Builder cfgScale(double cfgScale) {
      this.cfgScale = OptionalDouble.of(Checks.finite(cfgScale, "hires cfgScale"));
      return this;
    }

    /** The settings; the builder can be used further. */
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
          cfgScale);
    }
  }
}
