package dev.sdlora.spring;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.image.ImageMessage;
import org.springframework.ai.image.ImageOptions;

/**
 * Options of one image request for {@link SdLoraImageModel}. Options that are not set use the
 * model's defaults, in an application the properties {@code sdlora.*}, which have the same names.
 * The builder has methods for common options; {@link Builder#set} sets any. Ranges are checked when
 * the request is made. Immutable and thread-safe.
 */
public final class SdLoraImageOptions implements ImageOptions {
  private final Map<String, Object> values;
  private final List<UnaryOperator<PromptSpec.Builder>> customizers;

  private SdLoraImageOptions(Builder builder) {
    values = Map.copyOf(builder.values);
    customizers = List.copyOf(builder.customizers);
  }

  /** {@return a builder that sets nothing} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.values.putAll(values);
    builder.customizers.addAll(customizers);
    return builder;
  }

  /** Returns the portable options of an object of another class. */
  static SdLoraImageOptions of(ImageOptions options) {
    return builder()
        .setIfPresent("n", options.getN())
        .setIfPresent("model", options.getModel())
        .setIfPresent("width", options.getWidth())
        .setIfPresent("height", options.getHeight())
        .setIfPresent("responseFormat", options.getResponseFormat())
        .setIfPresent("style", options.getStyle())
        .build();
  }

  /** Returns the options that are properties. */
  static SdLoraImageOptions of(RequestProperties properties) {
    Builder builder = builder();
    builder.values.putAll(properties.given());
    return builder.build();
  }

  /**
   * Returns a copy with the values of other options, which take precedence. A sampler name such as
   * DPM++ 2M Karras also sets the schedule.
   */
  SdLoraImageOptions with(SdLoraImageOptions others) {
    Builder builder = toBuilder();
    if (others.find("sampler", String.class).flatMap(Schedule::inName).isPresent()) {
      builder.values.remove("schedule");
    }
    builder.values.putAll(others.values);
    builder.customizers.addAll(others.customizers);
    return builder.build();
  }

  /**
   * Checks that a request can be built from these options.
   *
   * @throws IllegalArgumentException if a value is out of range or unknown
   * @throws IllegalStateException if options conflict
   */
  void requireSense(List<Style> styles, List<Path> wildcards) {
    Messages empty = Messages.of(List.of(new ImageMessage("")));
    new Specs(styles, wildcards).read(this, empty, PromptSpec.builder().build());
  }

  /** Returns the values that are set, by the names of the options. */
  Map<String, Object> values() {
    return values;
  }

  /** Returns the value of an option. */
  <T> Optional<T> find(String name, Class<T> type) {
    return Optional.ofNullable(values.get(name)).map(type::cast);
  }

  /** Returns the customizers, applied in order after all other options. */
  List<UnaryOperator<PromptSpec.Builder>> customizers() {
    return customizers;
  }

  @Override
  public @Nullable Integer getN() {
    return find("n", Integer.class).orElse(null);
  }

  @Override
  public @Nullable String getModel() {
    return find("model", String.class).orElse(null);
  }

  @Override
  public @Nullable Integer getWidth() {
    return find("width", Integer.class).orElse(null);
  }

  @Override
  public @Nullable Integer getHeight() {
    return find("height", Integer.class).orElse(null);
  }

  @Override
  public @Nullable String getResponseFormat() {
    return find("responseFormat", String.class).orElse(null);
  }

  @Override
  public @Nullable String getStyle() {
    return find("style", String.class).orElse(null);
  }

  /** Whether the other has the same options and the same customizers. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SdLoraImageOptions that
        && values.equals(that.values)
        && customizers.equals(that.customizers);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Returns the options that are set. */
  @Override
  public String toString() {
    return "SdLoraImageOptions" + new TreeMap<>(values);
  }

  /** Builds options. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final List<UnaryOperator<PromptSpec.Builder>> customizers = new ArrayList<>();

    private Builder() {}

    /**
     * Sets any option. The options and properties have the same names: {@code set("skipLayerScale",
     * 3)} sets {@code sdlora.skip-layer-scale} for one request.
     *
     * @param name the name of the option, such as {@code hiresSteps}
     * @param value the value, or a text as in a property
     * @return this builder
     * @throws IllegalArgumentException if there is no such option, or the value has another type
     */
    public Builder set(String name, Object value) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, name);
      values.put(name, RequestOptions.named(name).convert(value));
      return this;
    }

    private Builder setIfPresent(String name, @Nullable Object value) {
      return value == null ? this : set(name, value);
    }

    /**
     * Customizes the request with the library's own builder, after all other options: control
     * units, hires fix with its own prompts, sampler options, LoRAs as objects and so on. Several
     * customizers run in order; those of a request run after those of the defaults.
     *
     * @param customizer called for each request with its builder; returns the builder to use
     * @return this builder
     */
    public Builder customize(UnaryOperator<PromptSpec.Builder> customizer) {
      Objects.requireNonNull(customizer, "customizer");
      customizers.add(customizer);
      return this;
    }

    /**
     * Adds a LoRA, like a tag in the prompt; a tag for the same LoRA in the prompt takes
     * precedence. LoRAs of a request replace those of the defaults.
     *
     * @param name the file name without extension, or the name that its trainer gave it
     * @param weight the strength; 1 is the strength it was trained for, 0 has no effect
     * @return this builder
     */
    public Builder lora(String name, double weight) {
      Objects.requireNonNull(name, "name");
      Map<Object, Object> more = new LinkedHashMap<>();
      if (values.get("loras") instanceof Map<?, ?> loras) {
        more.putAll(loras);
      }
      more.put(name, weight);
      return set("loras", more);
    }

    /**
     * Sets the sampler.
     *
     * @param sampler the sampler. Default: {@link Sampler#DPMPP_2M}
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      Objects.requireNonNull(sampler, "sampler");
      return sampler(sampler.label());
    }

    /**
     * Sets {@code sdlora.n} for one request.
     *
     * @param n number of images per request, with consecutive seeds. Default: 1
     * @return this builder
     */
    public Builder n(int n) {
      return set("n", n);
    }

    /**
     * Sets {@code sdlora.model} for one request.
     *
     * @param model name of the expected checkpoint, its file name without extension; a request that
     *     names another one is rejected. Default: any
     * @return this builder
     */
    public Builder model(String model) {
      return set("model", model);
    }

    /**
     * Sets {@code sdlora.width} for one request.
     *
     * @param width image width in pixels, a multiple of 8. Default: the size that the model was
     *     trained on
     * @return this builder
     */
    public Builder width(int width) {
      return set("width", width);
    }

    /**
     * Sets {@code sdlora.height} for one request.
     *
     * @param height image height in pixels, a multiple of 8. Default: the size that the model was
     *     trained on
     * @return this builder
     */
    public Builder height(int height) {
      return set("height", height);
    }

    /**
     * Sets {@code sdlora.response-format} for one request.
     *
     * @param responseFormat form of the returned image: b64_json for base64 (the default), or url
     *     for a data: URL with the same bytes
     * @return this builder
     */
    public Builder responseFormat(String responseFormat) {
      return set("responseFormat", responseFormat);
    }

    /**
     * Sets {@code sdlora.style} for one request.
     *
     * @param style name of a style in the styles file; its texts are added to the prompts. Default:
     *     none
     * @return this builder
     */
    public Builder style(String style) {
      return set("style", style);
    }

    /**
     * Sets {@code sdlora.output-format} for one request.
     *
     * @param outputFormat file format of images, png (the default) or jpeg. Both contain the
     *     settings in A1111's format
     * @return this builder
     */
    public Builder outputFormat(String outputFormat) {
      return set("outputFormat", outputFormat);
    }

    /**
     * Sets {@code sdlora.negative-prompt} for one request.
     *
     * @param negativePrompt negative prompt, followed by the negative messages of a request.
     *     Default: none
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      return set("negativePrompt", negativePrompt);
    }

    /**
     * Sets {@code sdlora.loras} for one request.
     *
     * @param loras LoRAs by name, with their weights, for prompts that do not name them in a tag.
     *     Default: none
     * @return this builder
     */
    public Builder loras(Map<String, Double> loras) {
      return set("loras", loras);
    }

    /**
     * Sets {@code sdlora.lenient} for one request.
     *
     * @param lenient whether to skip unusable LoRAs and embeddings with a warning instead of
     *     failing. Default: false
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      return set("lenient", lenient);
    }

    /**
     * Sets {@code sdlora.steps} for one request.
     *
     * @param steps number of sampling steps, at least 1. Default: the model's, usually 20
     * @return this builder
     */
    public Builder steps(int steps) {
      return set("steps", steps);
    }

    /**
     * Sets {@code sdlora.sampler} for one request.
     *
     * @param sampler A1111's name, such as Euler a or DPM++ 2M Karras. Default: the model's,
     *     usually DPM++ 2M
     * @return this builder
     */
    public Builder sampler(String sampler) {
      return set("sampler", sampler);
    }

    /**
     * Sets {@code sdlora.schedule} for one request.
     *
     * @param schedule the noise schedule, such as karras. Default: the sampler's own
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      return set("schedule", schedule);
    }

    /**
     * Sets {@code sdlora.cfg-scale} for one request.
     *
     * @param cfgScale guidance scale: the weight of the prompt relative to the negative prompt.
     *     Default: the model's, usually 7
     * @return this builder
     */
    public Builder cfgScale(double cfgScale) {
      return set("cfgScale", cfgScale);
    }

    /**
     * Sets {@code sdlora.few-steps} for one request.
     *
     * @param fewSteps few-step method of a LoRA or checkpoint, such as lcm or lightning: sets
     *     sampler, schedule, steps and guidance unless they are set explicitly
     * @return this builder
     */
    public Builder fewSteps(FewSteps fewSteps) {
      return set("fewSteps", fewSteps);
    }

    /**
     * Sets {@code sdlora.seed} for one request.
     *
     * @param seed seed of the first image; any number, including 0 and -1. Default: random for each
     *     request
     * @return this builder
     */
    public Builder seed(long seed) {
      return set("seed", seed);
    }

    /**
     * Sets {@code sdlora.clip-skip} for one request.
     *
     * @param clipSkip text encoder layer to use, counted from the end, from 1 (the default) to 12
     * @return this builder
     */
    public Builder clipSkip(int clipSkip) {
      return set("clipSkip", clipSkip);
    }

    /**
     * Sets {@code sdlora.denoising-strength} for one request.
     *
     * @param denoisingStrength denoising strength for a start image, from 0 to 1. Default: 0.75
     * @return this builder
     */
    public Builder denoisingStrength(double denoisingStrength) {
      return set("denoisingStrength", denoisingStrength);
    }

    /**
     * Sets {@code sdlora.mask-blur} for one request.
     *
     * @param maskBlur blur of a mask's edge in pixels, from 0 to 64. Default: 4
     * @return this builder
     */
    public Builder maskBlur(int maskBlur) {
      return set("maskBlur", maskBlur);
    }

    /**
     * Sets {@code sdlora.only-masked} for one request.
     *
     * @param onlyMasked whether to generate only the masked area and its surroundings, at the
     *     requested size. Default: false
     * @return this builder
     */
    public Builder onlyMasked(boolean onlyMasked) {
      return set("onlyMasked", onlyMasked);
    }

    /**
     * Sets {@code sdlora.hires-scale} for one request.
     *
     * @param hiresScale scale factor of hires fix, a second pass at a larger size; more than 1.
     *     Default: no second pass
     * @return this builder
     */
    public Builder hiresScale(double hiresScale) {
      return set("hiresScale", hiresScale);
    }

    /** {@return the options} The builder can be reused. */
    public SdLoraImageOptions build() {
      return new SdLoraImageOptions(this);
    }
  }
}
