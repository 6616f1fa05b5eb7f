package dev.sdlora.spring;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.image.ImageMessage;
import org.springframework.ai.image.ImageOptions;

/**
 * Options of one image request for {@link SdLoraImageModel}. Options that are not set use the
 * model's defaults, in an application the properties {@code sdlora.*}. Values are checked when the
 * request is made. Immutable and thread-safe.
 */
public final class SdLoraImageOptions implements ImageOptions {
  private final ImageProperties settings;
  private final List<UnaryOperator<PromptSpec.Builder>> customizers;

  private SdLoraImageOptions(Builder builder) {
    settings = ImageProperties.of(builder.values);
    customizers = List.copyOf(builder.customizers);
  }

  /** {@return a builder that sets nothing} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.values.putAll(settings.given());
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

  /** Returns options with the settings among the properties. */
  static SdLoraImageOptions of(SdLoraProperties properties) {
    Builder builder = builder();
    builder.values.putAll(ImageProperties.given(properties));
    return builder.build();
  }

  /**
   * Returns a copy with the values of other options, which take precedence. A sampler name such as
   * DPM++ 2M Karras also sets the schedule.
   */
  SdLoraImageOptions with(SdLoraImageOptions others) {
    Builder builder = toBuilder();
    String sampler = others.settings.sampler();
    if (sampler != null && Schedule.inName(sampler).isPresent()) {
      builder.values.remove("schedule");
    }
    builder.values.putAll(others.settings.given());
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

  /** Returns the settings. */
  ImageProperties settings() {
    return settings;
  }

  /** Returns the customizers, applied in order after all other options. */
  List<UnaryOperator<PromptSpec.Builder>> customizers() {
    return customizers;
  }

  @Override
  public @Nullable Integer getN() {
    return settings.n();
  }

  @Override
  public @Nullable String getModel() {
    return settings.model();
  }

  @Override
  public @Nullable Integer getWidth() {
    return settings.width();
  }

  @Override
  public @Nullable Integer getHeight() {
    return settings.height();
  }

  @Override
  public @Nullable String getResponseFormat() {
    return settings.responseFormat();
  }

  @Override
  public @Nullable String getStyle() {
    return settings.style();
  }

  /** Whether the other has the same settings and the same customizers. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SdLoraImageOptions that
        && settings.equals(that.settings)
        && customizers.equals(that.customizers);
  }

  @Override
  public int hashCode() {
    return settings.hashCode();
  }

  /** Returns the settings that are set. */
  @Override
  public String toString() {
    return "SdLoraImageOptions" + settings.given();
  }

  /** Builds options. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final List<UnaryOperator<PromptSpec.Builder>> customizers = new ArrayList<>();

    private Builder() {}

    private Builder set(String name, Object value) {
      values.put(name, Objects.requireNonNull(value, name));
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
      Map<String, Double> more =
          new LinkedHashMap<>(
              Optional.ofNullable(ImageProperties.of(values).loras()).orElse(Map.of()));
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
      return set("loras", new LinkedHashMap<>(loras));
    }

    /**
     * Sets {@code sdlora.lora-mode} for one request.
     *
     * @param loraMode application of LoRAs: patched, overlay or auto (the default)
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      return set("loraMode", loraMode);
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
     * Sets {@code sdlora.trigger-words} for one request.
     *
     * @param triggerWords whether to add the weights and trigger words that the authors of LoRAs
     *     recommend. Default: false
     * @return this builder
     */
    public Builder triggerWords(boolean triggerWords) {
      return set("triggerWords", triggerWords);
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
     * Sets {@code sdlora.rng} for one request.
     *
     * @param rng random number generator of the noise: nv as A1111 on CUDA (the default), or cpu as
     *     ComfyUI
     * @return this builder
     */
    public Builder rng(Rng rng) {
      return set("rng", rng);
    }

    /**
     * Sets {@code sdlora.variation-seed} for one request.
     *
     * @param variationSeed seed of the noise that is mixed into the initial noise. Default: random
     * @return this builder
     */
    public Builder variationSeed(long variationSeed) {
      return set("variationSeed", variationSeed);
    }

    /**
     * Sets {@code sdlora.variation-strength} for one request.
     *
     * @param variationStrength fraction of the variation seed's noise, from 0 (the default) to 1
     * @return this builder
     */
    public Builder variationStrength(double variationStrength) {
      return set("variationStrength", variationStrength);
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
     * Sets {@code sdlora.eta} for one request.
     *
     * @param eta amount of fresh noise in each step of ancestral samplers. Default: the sampler's
     *     own
     * @return this builder
     */
    public Builder eta(double eta) {
      return set("eta", eta);
    }

    /**
     * Sets {@code sdlora.shift} for one request.
     *
     * @param shift the shift of the schedule of a flow model such as FLUX.2 or Z-Image, above 0 and
     *     at most 100. Default: the model's own
     * @return this builder
     */
    public Builder shift(double shift) {
      return set("shift", shift);
    }

    /**
     * Sets {@code sdlora.skip-layers} for one request.
     *
     * @param skipLayers blocks that skip-layer guidance of Stable Diffusion 3 and 3.5 leaves out,
     *     such as 7, 8, 9 for 3.5 Medium. Default: none
     * @return this builder
     */
    public Builder skipLayers(List<Integer> skipLayers) {
      return set("skipLayers", List.copyOf(skipLayers));
    }

    /**
     * Sets {@code sdlora.skip-layer-scale} for one request.
     *
     * @param scale scale of skip-layer guidance, from 0 to 100. Default: 2.8
     * @return this builder
     */
    public Builder skipLayerScale(double scale) {
      return set("skipLayerScale", scale);
    }

    /**
     * Sets {@code sdlora.skip-layer-start} for one request.
     *
     * @param start fraction of the steps after which skip-layer guidance begins. Default: 0.01
     * @return this builder
     */
    public Builder skipLayerStart(double start) {
      return set("skipLayerStart", start);
    }

    /**
     * Sets {@code sdlora.skip-layer-end} for one request.
     *
     * @param end fraction of the steps at which skip-layer guidance ends. Default: 0.2
     * @return this builder
     */
    public Builder skipLayerEnd(double end) {
      return set("skipLayerEnd", end);
    }

    /**
     * Sets {@code sdlora.emphasis} for one request.
     *
     * @param emphasis effect of word weights on their vectors: original (the default), no_norm,
     *     ignore or none
     * @return this builder
     */
    public Builder emphasis(Emphasis emphasis) {
      return set("emphasis", emphasis);
    }

    /**
     * Sets {@code sdlora.prompt-mode} for one request.
     *
     * @param promptMode handling of malformed prompts: a1111 accepts any text (the default), strict
     *     rejects them
     * @return this builder
     */
    public Builder promptMode(PromptMode promptMode) {
      return set("promptMode", promptMode);
    }

    /**
     * Sets {@code sdlora.dynamic-prompts} for one request.
     *
     * @param dynamicPrompts whether prompts are templates such as {@code {red|blue}}, expanded for
     *     each image. Default: false
     * @return this builder
     */
    public Builder dynamicPrompts(boolean dynamicPrompts) {
      return set("dynamicPrompts", dynamicPrompts);
    }

    /**
     * Sets {@code sdlora.t5-tokens} for one request.
     *
     * @param t5Tokens tokens to which T5 pads a prompt in FLUX.1 and Stable Diffusion 3, from 1 to
     *     512; Forge and ComfyUI pad to 256 in FLUX.1. Default: the model's own
     * @return this builder
     */
    public Builder t5Tokens(int t5Tokens) {
      return set("t5Tokens", t5Tokens);
    }

    /**
     * Sets {@code sdlora.tiling} for one request.
     *
     * @param tiling directions in which images tile seamlessly: none (the default), x, y or both
     * @return this builder
     */
    public Builder tiling(Tiling tiling) {
      return set("tiling", tiling);
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
     * Sets {@code sdlora.resize-mode} for one request.
     *
     * @param resizeMode resizing of a start image to the requested size. Default: just_resize
     * @return this builder
     */
    public Builder resizeMode(ResizeMode resizeMode) {
      return set("resizeMode", resizeMode);
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
     * Sets {@code sdlora.masked-content} for one request.
     *
     * @param maskedContent initial content of the masked area. Default: original
     * @return this builder
     */
    public Builder maskedContent(MaskedContent maskedContent) {
      return set("maskedContent", maskedContent);
    }

    /**
     * Sets {@code sdlora.invert-mask} for one request.
     *
     * @param invertMask whether to repaint the black area of a mask instead of the white one.
     *     Default: false
     * @return this builder
     */
    public Builder invertMask(boolean invertMask) {
      return set("invertMask", invertMask);
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
     * Sets {@code sdlora.mask-padding} for one request.
     *
     * @param maskPadding pixels around the mask for only-masked, from 0 to 256. Default: 32
     * @return this builder
     */
    public Builder maskPadding(int maskPadding) {
      return set("maskPadding", maskPadding);
    }

    /**
     * Sets {@code sdlora.distilled-guidance} for one request.
     *
     * @param scale guidance scale that FLUX.1 [dev] and its kin read as an input. Default: the
     *     model's own
     * @return this builder
     */
    public Builder distilledGuidance(double scale) {
      return set("distilledGuidance", scale);
    }

    /**
     * Sets {@code sdlora.image-cfg-scale} for one request.
     *
     * @param imageCfgScale guidance scale for the image in models that edit images. Default: 1.5
     * @return this builder
     */
    public Builder imageCfgScale(double imageCfgScale) {
      return set("imageCfgScale", imageCfgScale);
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

    /**
     * Sets {@code sdlora.hires-upscaler} for one request.
     *
     * @param hiresUpscaler upscaler between the passes of hires fix, by A1111's name. Default:
     *     Latent
     * @return this builder
     */
    public Builder hiresUpscaler(String hiresUpscaler) {
      return set("hiresUpscaler", hiresUpscaler);
    }

    /**
     * Sets {@code sdlora.hires-steps} for one request.
     *
     * @param hiresSteps steps of the second pass of hires fix. Default: as in the first pass
     * @return this builder
     */
    public Builder hiresSteps(int hiresSteps) {
      return set("hiresSteps", hiresSteps);
    }

    /**
     * Sets {@code sdlora.hires-denoising-strength} for one request.
     *
     * @param hiresDenoisingStrength denoising strength of the second pass of hires fix, from 0 to
     *     1. Default: 0.7
     * @return this builder
     */
    public Builder hiresDenoisingStrength(double hiresDenoisingStrength) {
      return set("hiresDenoisingStrength", hiresDenoisingStrength);
    }

    /**
     * Sets {@code sdlora.hires-distilled-guidance} for one request.
     *
     * @param scale guidance scale that FLUX.1 [dev] and its kin read in the second pass of hires
     *     fix. Default: as in the first pass
     * @return this builder
     */
    public Builder hiresDistilledGuidance(double scale) {
      return set("hiresDistilledGuidance", scale);
    }

    /**
     * Sets {@code sdlora.refiner-switch} for one request.
     *
     * @param refinerSwitch fraction of the noise schedule after which the refiner takes over, from
     *     0 to 1. Default: never
     * @return this builder
     */
    public Builder refinerSwitch(double refinerSwitch) {
      return set("refinerSwitch", refinerSwitch);
    }

    /**
     * Sets {@code sdlora.upscale} for one request.
     *
     * @param upscale scale factor for finished images, from 1 to 8. Default: no upscaling
     * @return this builder
     */
    public Builder upscale(double upscale) {
      return set("upscale", upscale);
    }

    /**
     * Sets {@code sdlora.upscaler} for one request.
     *
     * @param upscaler upscaler for finished images: Lanczos (the default), Nearest or a file in the
     *     upscaler directories
     * @return this builder
     */
    public Builder upscaler(String upscaler) {
      return set("upscaler", upscaler);
    }

    /**
     * Sets {@code sdlora.final-decoder} for one request.
     *
     * @param finalDecoder decoder of the final image: vae (the default), or taesd, which needs a
     *     preview decoder
     * @return this builder
     */
    public Builder finalDecoder(FinalDecoder finalDecoder) {
      return set("finalDecoder", finalDecoder);
    }

    /**
     * Sets {@code sdlora.vae-tiling} for one request.
     *
     * @param vaeTiling whether the VAE runs in strips, which takes less memory: auto (the default),
     *     on or off
     * @return this builder
     */
    public Builder vaeTiling(VaeTiling vaeTiling) {
      return set("vaeTiling", vaeTiling);
    }

    /**
     * Sets {@code sdlora.cache-interval} for one request.
     *
     * @param cacheInterval interval of model calls that run the whole model, for speed at some loss
     *     of exactness (DeepCache). Default: 1, every call
     * @return this builder
     */
    public Builder cacheInterval(int cacheInterval) {
      return set("cacheInterval", cacheInterval);
    }

    /**
     * Sets {@code sdlora.token-merging-ratio} for one request.
     *
     * @param tokenMergingRatio fraction of tokens merged in attention, for speed at some loss of
     *     exactness, from 0 (the default) to 0.9
     * @return this builder
     */
    public Builder tokenMergingRatio(double tokenMergingRatio) {
      return set("tokenMergingRatio", tokenMergingRatio);
    }

    /**
     * Sets {@code sdlora.batch-size} for one request.
     *
     * @param batchSize number of images of a request generated at once. Default: one after another
     * @return this builder
     */
    public Builder batchSize(int batchSize) {
      return set("batchSize", batchSize);
    }

    /** {@return the options} The builder can be reused. */
    public SdLoraImageOptions build() {
      return new SdLoraImageOptions(this);
    }
  }
}
