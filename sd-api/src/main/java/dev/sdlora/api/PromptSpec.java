package dev.sdlora.api;

import dev.sdlora.api.spi.PipelineProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything that decides what a picture looks like, apart from the checkpoint. Immutable; derive
 * variants with {@link #toBuilder()}. The defaults are those of A1111.
 */
public final class PromptSpec {
  private final String prompt;
  private final String negativePrompt;
  private final Optional<ImageSize> size;
  private final int steps;
  private final Sampler sampler;
  private final Schedule schedule;
  private final double cfgScale;
  private final OptionalLong seed;
  private final Rng rng;
  private final int images;
  private final int clipSkip;
  private final List<LoraAdapter> loras;
  private final Optional<LoraMode> loraMode;
  private final Optional<Boolean> lenient;

  private PromptSpec(Builder builder) {
    this.prompt = builder.prompt;
    this.negativePrompt = builder.negativePrompt;
    this.size = builder.size;
    this.steps = builder.steps;
    this.sampler = builder.sampler;
    this.schedule = builder.schedule;
    this.cfgScale = builder.cfgScale;
    this.seed = builder.seed;
    this.rng = builder.rng;
    this.images = builder.images;
    this.clipSkip = builder.clipSkip;
    this.loras = List.copyOf(builder.loras);
    this.loraMode = builder.loraMode;
    this.lenient = builder.lenient;
  }

  /** A builder with an empty prompt and the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this spec. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.prompt = prompt;
    builder.negativePrompt = negativePrompt;
    builder.size = size;
    builder.steps = steps;
    builder.sampler = sampler;
    builder.schedule = schedule;
    builder.cfgScale = cfgScale;
    builder.seed = seed;
    builder.rng = rng;
    builder.images = images;
    builder.clipSkip = clipSkip;
    builder.loras.addAll(loras);
    builder.loraMode = loraMode;
    builder.lenient = lenient;
    return builder;
  }

  /**
   * Reads the {@code parameters} text that A1111 and this library write into pictures. Keys that
   * have no setting here are passed over.
   *
   * @throws IllegalArgumentException if a known key has a value that makes no sense
   */
  public static PromptSpec fromParameters(String text) {
    return PipelineProvider.get().parseParameters(text);
  }

  /**
   * Reads the settings out of a PNG that A1111 or this library wrote.
   *
   * @throws ImageFileException if the file is not a PNG or holds no {@code parameters} text
   * @throws IllegalArgumentException if a known key has a value that makes no sense
   */
  public static PromptSpec fromPng(Path file) {
    return fromParameters(GeneratedImage.readParameters(file));
  }

  /** The prompt in A1111's syntax, LoRA tags included. Default empty. */
  public String prompt() {
    return prompt;
  }

  /** What the picture should not show, in the same syntax. Default empty. */
  public String negativePrompt() {
    return negativePrompt;
  }

  /** The picture size, or empty for the size that the checkpoint was made for. */
  public Optional<ImageSize> size() {
    return size;
  }

  /** The number of sampling steps. Default 20. */
  public int steps() {
    return steps;
  }

  /** The sampling method. Default {@link Sampler#DPMPP_2M}. */
  public Sampler sampler() {
    return sampler;
  }

  /**
   * The spread of noise levels. Default {@link Schedule#AUTOMATIC}, which is Karras for DPM++ 2M.
   */
  public Schedule schedule() {
    return schedule;
  }

  /** The guidance scale. Default 7. */
  public double cfgScale() {
    return cfgScale;
  }

  /** The seed of the first picture, or empty for a random one. */
  public OptionalLong seed() {
    return seed;
  }

  /** The random number generator that the seed feeds. Default {@link Rng#NV}. */
  public Rng rng() {
    return rng;
  }

  /** How many pictures to make. Default 1. */
  public int images() {
    return images;
  }

  /** Which text encoder layer is read, counted from the end. Default 1, the last. */
  public int clipSkip() {
    return clipSkip;
  }

  /** LoRAs given by object, applied in addition to those that the prompts name. */
  public List<LoraAdapter> loras() {
    return loras;
  }

  /** How LoRAs get into the computation, or empty for what the pipeline was built with. */
  public Optional<LoraMode> loraMode() {
    return loraMode;
  }

  /**
   * Whether LoRAs that cannot be used are left out with a warning, or empty for what the pipeline
   * was built with.
   */
  public Optional<Boolean> lenient() {
    return lenient;
  }

  /** The prompt and the settings, for logs. */
  @Override
  public String toString() {
    return "PromptSpec["
        + prompt
        + ", negative "
        + negativePrompt
        + ", "
        + size.map(ImageSize::toString).orElse("model size")
        + ", "
        + steps
        + " steps, "
        + sampler.label()
        + ", "
        + schedule.label()
        + ", cfg "
        + cfgScale
        + ", seed "
        + (seed.isPresent() ? seed.getAsLong() : "random")
        + ", "
        + images
        + " images]";
  }

  /** Collects settings. Every setter checks its value at once. Not safe for several threads. */
  public static final class Builder {
    private String prompt = "";
    private String negativePrompt = "";
    private Optional<ImageSize> size = Optional.empty();
    private int steps = 20;
    private Sampler sampler = Sampler.DPMPP_2M;
    private Schedule schedule = Schedule.AUTOMATIC;
    private double cfgScale = 7;
    private OptionalLong seed = OptionalLong.empty();
    private Rng rng = Rng.NV;
    private int images = 1;
    private int clipSkip = 1;
    private final List<LoraAdapter> loras = new ArrayList<>();
    private Optional<LoraMode> loraMode = Optional.empty();
    private Optional<Boolean> lenient = Optional.empty();

    private Builder() {}

    /**
     * Sets the prompt, in A1111's syntax: {@code (stronger:1.2)}, {@code [weaker]}, {@code
     * <lora:name:0.8>}. Any length. Default empty.
     *
     * <p>A LoRA's tag is {@code <lora:name:te:unet:dyn>}: the strength in the text encoder (default
     * 1) and in the U-Net (default the same), and how many components of its rank to use (default
     * all). Each can be given by name instead, {@code te=}, {@code unet=}, {@code dyn=}. A strength
     * may be a list such as {@code 1@0,0.5@0.5,0@0.8}, see {@link StrengthSchedule}; the text
     * encoder takes that of the first step. {@code lbw=} gives {@link BlockWeights}.
     *
     * @return this builder
     */
    public Builder prompt(String prompt) {
      this.prompt = prompt;
      return this;
    }

    /**
     * Sets what the picture should not show, in the same syntax; LoRA tags act here as well.
     * Default empty. Not used for the picture when the guidance scale is 1.
     *
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      this.negativePrompt = negativePrompt;
      return this;
    }

    /**
     * Sets the picture size in pixels. Default: the size that the checkpoint was made for.
     *
     * @return this builder
     * @throws IllegalArgumentException if a side is not a positive multiple of 8
     */
    public Builder size(int width, int height) {
      return size(new ImageSize(width, height));
    }

    /**
     * Sets the picture size; see {@link #size(int, int)}.
     *
     * @return this builder
     */
    public Builder size(ImageSize size) {
      this.size = Optional.of(size);
      return this;
    }

    /**
     * Sets the number of sampling steps. Default 20.
     *
     * @return this builder
     * @throws IllegalArgumentException if it is not between 1 and 1000
     */
    public Builder steps(int steps) {
      if (steps < 1 || steps > 1000) {
        throw new IllegalArgumentException("steps must be from 1 to 1000: " + steps);
      }
      this.steps = steps;
      return this;
    }

    /**
     * Sets the sampling method. Default {@link Sampler#DPMPP_2M}.
     *
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      this.sampler = sampler;
      return this;
    }

    /**
     * Sets the spread of noise levels. Default {@link Schedule#AUTOMATIC}.
     *
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      this.schedule = schedule;
      return this;
    }

    /**
     * Sets the guidance scale: how far the picture is pushed from the negative prompt towards the
     * prompt. Default 7. At 1 the negative prompt is not evaluated and a step costs half; at 0 the
     * prompt has no effect.
     *
     * @return this builder
     * @throws IllegalArgumentException if it is NaN or infinite
     */
    public Builder cfgScale(double cfgScale) {
      this.cfgScale = Checks.finite(cfgScale, "cfgScale");
      return this;
    }

    /**
     * Sets the seed of the first picture; picture i uses seed + i. Default: random. 0 is a seed
     * like any other, and so are negative numbers.
     *
     * @return this builder
     */
    public Builder seed(long seed) {
      this.seed = OptionalLong.of(seed);
      return this;
    }

    /**
     * Draws a new random seed for each generation, the default.
     *
     * @return this builder
     */
    public Builder randomSeed() {
      this.seed = OptionalLong.empty();
      return this;
    }

    /**
     * Sets the random number generator that the seed feeds. Default {@link Rng#NV}.
     *
     * @return this builder
     */
    public Builder rng(Rng rng) {
      this.rng = rng;
      return this;
    }

    /**
     * Sets how many pictures to make, one after another; picture i uses seed + i and is the same as
     * when it is made alone. Default 1.
     *
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder images(int images) {
      this.images = Checks.atLeast(1, images, "images");
      return this;
    }

    /**
     * Sets which text encoder layer is read, counted from the end: 1 is the last (the default), 2
     * the one before it, as many anime models want it.
     *
     * @return this builder
     * @throws IllegalArgumentException if it is not between 1 and 12; a checkpoint with fewer
     *     layers refuses it when generating
     */
    public Builder clipSkip(int clipSkip) {
      if (clipSkip < 1 || clipSkip > 12) {
        throw new IllegalArgumentException("clipSkip must be from 1 to 12: " + clipSkip);
      }
      this.clipSkip = clipSkip;
      return this;
    }

    /**
     * Adds a LoRA with its own strengths, in addition to those that the prompts name.
     *
     * @return this builder
     */
    public Builder lora(LoraAdapter lora) {
      this.loras.add(lora);
      return this;
    }

    /**
     * Removes the LoRAs that were given by object.
     *
     * @return this builder
     */
    public Builder noLoras() {
      this.loras.clear();
      return this;
    }

    /**
     * Sets how LoRAs get into the computation. Default: {@link Pipeline.Builder#loraMode}.
     *
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      this.loraMode = Optional.of(loraMode);
      return this;
    }

    /**
     * Sets whether LoRAs that cannot be used are left out with a warning in the result, instead of
     * ending the request with an error. Default: {@link Pipeline.Builder#lenient}.
     *
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      this.lenient = Optional.of(lenient);
      return this;
    }

    /** The spec; the builder can be used further. */
    public PromptSpec build() {
      return new PromptSpec(this);
    }
  }
}
