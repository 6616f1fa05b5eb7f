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
import dev.sdlora.api.sampling.NamedSampler;
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
 * What one request for images says beside its prompt, for {@link SdLoraImageModel}. Whatever is not
 * set is as the model's defaults have it, in an application the properties {@code sdlora.*}. Values
 * are checked when images are asked for. Immutable; safe for several threads.
 */
public final class SdLoraImageOptions implements ImageOptions {
  private final ImageSettings settings = new ImageSettings();
  private final List<UnaryOperator<PromptSpec.Builder>> customizers;

  private SdLoraImageOptions(Builder builder) {
    settings.putAll(builder.settings);
    customizers = List.copyOf(builder.customizers);
  }

  /** {@return a builder that sets nothing} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these options} */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.settings.putAll(settings);
    builder.customizers.addAll(customizers);
    return builder;
  }

  /** The portable ones of options of another class. */
  static SdLoraImageOptions of(ImageOptions options) {
    ImageSettings portable = new ImageSettings();
    portable.setN(options.getN());
    portable.setModel(options.getModel());
    portable.setWidth(options.getWidth());
    portable.setHeight(options.getHeight());
    portable.setResponseFormat(options.getResponseFormat());
    portable.setStyle(options.getStyle());
    return of(portable);
  }

  /** Options that set what settings do. */
  static SdLoraImageOptions of(ImageSettings settings) {
    Builder builder = builder();
    builder.settings.putAll(settings);
    return builder.build();
  }

  /** These, but for what the others set; a sampler's name such as DPM++ 2M Karras sets two. */
  SdLoraImageOptions with(SdLoraImageOptions others) {
    Builder builder = toBuilder();
    String sampler = others.settings.getSampler();
    if (sampler != null && NamedSampler.parse(sampler).schedule().isPresent()) {
      builder.settings.setSchedule(null);
    }
    builder.settings.putAll(others.settings);
    builder.customizers.addAll(others.customizers);
    return builder.build();
  }

  /**
   * Looks whether a request can be made of them.
   *
   * @throws IllegalArgumentException if a value is out of range or names what there is not
   * @throws IllegalStateException if some exclude each other
   */
  void requireSense(List<Style> styles, List<Path> wildcards) {
    Messages empty = Messages.of(List.of(new ImageMessage("")));
    new Specs(styles, wildcards).read(this, empty, PromptSpec.builder().build());
  }

  /** What is set; not to be changed. */
  ImageSettings settings() {
    return settings;
  }

  /** What has the last word on the request, one after another. */
  List<UnaryOperator<PromptSpec.Builder>> customizers() {
    return customizers;
  }

  @Override
  public @Nullable Integer getN() {
    return settings.getN();
  }

  @Override
  public @Nullable String getModel() {
    return settings.getModel();
  }

  @Override
  public @Nullable Integer getWidth() {
    return settings.getWidth();
  }

  @Override
  public @Nullable Integer getHeight() {
    return settings.getHeight();
  }

  @Override
  public @Nullable String getResponseFormat() {
    return settings.getResponseFormat();
  }

  @Override
  public @Nullable String getStyle() {
    return settings.getStyle();
  }

  /** Whether the other sets the same, by the same customizers. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SdLoraImageOptions that
        && settings.given().equals(that.settings.given())
        && customizers.equals(that.customizers);
  }

  @Override
  public int hashCode() {
    return settings.given().hashCode();
  }

  /** What is set. */
  @Override
  public String toString() {
    return "SdLoraImageOptions" + settings.given();
  }

  /** Collects options. Not safe for use by several threads at once. */
  public static final class Builder {
    private final ImageSettings settings = new ImageSettings();
    private final List<UnaryOperator<PromptSpec.Builder>> customizers = new ArrayList<>();

    private Builder() {}

    /**
     * Sets, after all others, whatever the library's own builder can: control units, hires fix with
     * prompts of its own, options of samplers, LoRAs by object and so on. Several customizers act
     * one after another; those of a request come after those of the defaults.
     *
     * @param customizer called for each request, with all that is known of it; returns what counts
     * @return this builder
     */
    public Builder customize(UnaryOperator<PromptSpec.Builder> customizer) {
      Objects.requireNonNull(customizer, "customizer");
      customizers.add(customizer);
      return this;
    }

    /**
     * Adds a LoRA, as a tag in the prompt does; a prompt that has a tag with this name wins. LoRAs
     * of a request take the place of those of the defaults.
     *
     * @param name of its file without ending, or the one that its trainer gave
     * @param weight how strongly it acts; 1 is what it was trained for, 0 nothing
     * @return this builder
     */
    public Builder lora(String name, double weight) {
      Objects.requireNonNull(name, "name");
      Map<String, Double> more =
          new LinkedHashMap<>(Optional.ofNullable(settings.getLoras()).orElse(Map.of()));
      more.put(name, weight);
      settings.setLoras(more);
      return this;
    }

    /**
     * Sets the sampler.
     *
     * @param sampler default {@link Sampler#DPMPP_2M}
     * @return this builder
     */
    public Builder sampler(Sampler sampler) {
      Objects.requireNonNull(sampler, "sampler");
      return sampler(sampler.label());
    }

    /**
     * Sets {@code sdlora.n} for one request.
     *
     * @param n number of images for each request, drawn with seeds that follow each other. Default
     *     1
     * @return this builder
     */
    public Builder n(int n) {
      settings.setN(n);
      return this;
    }

    /**
     * Sets {@code sdlora.model} for one request.
     *
     * @param model name of the checkpoint that requests expect to run: its file name without
     *     ending. Another one than what runs is refused. Default: whatever runs
     * @return this builder
     */
    public Builder model(String model) {
      Objects.requireNonNull(model, "model");
      settings.setModel(model);
      return this;
    }

    /**
     * Sets {@code sdlora.width} for one request.
     *
     * @param width width of images in pixels, a multiple of 8. Default: the size that the model was
     *     trained on
     * @return this builder
     */
    public Builder width(int width) {
      settings.setWidth(width);
      return this;
    }

    /**
     * Sets {@code sdlora.height} for one request.
     *
     * @param height height of images in pixels, a multiple of 8. Default: the size that the model
     *     was trained on
     * @return this builder
     */
    public Builder height(int height) {
      settings.setHeight(height);
      return this;
    }

    /**
     * Sets {@code sdlora.response-format} for one request.
     *
     * @param responseFormat what the answer's image holds: b64_json for base64 (the default), or
     *     url for a data: address with the same bytes
     * @return this builder
     */
    public Builder responseFormat(String responseFormat) {
      Objects.requireNonNull(responseFormat, "responseFormat");
      settings.setResponseFormat(responseFormat);
      return this;
    }

    /**
     * Sets {@code sdlora.style} for one request.
     *
     * @param style name of a style in the styles file, whose texts are put around the prompts.
     *     Default: none
     * @return this builder
     */
    public Builder style(String style) {
      Objects.requireNonNull(style, "style");
      settings.setStyle(style);
      return this;
    }

    /**
     * Sets {@code sdlora.output-format} for one request.
     *
     * @param outputFormat file format of images, png (the default) or jpeg. Both carry the settings
     *     as A1111 writes them
     * @return this builder
     */
    public Builder outputFormat(String outputFormat) {
      Objects.requireNonNull(outputFormat, "outputFormat");
      settings.setOutputFormat(outputFormat);
      return this;
    }

    /**
     * Sets {@code sdlora.negative-prompt} for one request.
     *
     * @param negativePrompt what images should not show. It stands before what negative messages
     *     say. Default: nothing
     * @return this builder
     */
    public Builder negativePrompt(String negativePrompt) {
      Objects.requireNonNull(negativePrompt, "negativePrompt");
      settings.setNegativePrompt(negativePrompt);
      return this;
    }

    /**
     * Sets {@code sdlora.loras} for one request.
     *
     * @param loras LoRAs by name, with their weights, for prompts that do not name them in a tag.
     *     Default: none
     * @return this builder
     */
    public Builder loras(Map<String, Double> loras) {
      Objects.requireNonNull(loras, "loras");
      settings.setLoras(new LinkedHashMap<>(loras));
      return this;
    }

    /**
     * Sets {@code sdlora.lora-mode} for one request.
     *
     * @param loraMode how LoRAs get into the computation: patched, overlay or auto (the default)
     * @return this builder
     */
    public Builder loraMode(LoraMode loraMode) {
      Objects.requireNonNull(loraMode, "loraMode");
      settings.setLoraMode(loraMode);
      return this;
    }

    /**
     * Sets {@code sdlora.lenient} for one request.
     *
     * @param lenient whether LoRAs and embeddings that cannot be used are left out with a warning,
     *     rather than ending the request. Default false
     * @return this builder
     */
    public Builder lenient(boolean lenient) {
      settings.setLenient(lenient);
      return this;
    }

    /**
     * Sets {@code sdlora.trigger-words} for one request.
     *
     * @param triggerWords whether LoRAs get the weight and the trigger words that their authors
     *     advise. Default false
     * @return this builder
     */
    public Builder triggerWords(boolean triggerWords) {
      settings.setTriggerWords(triggerWords);
      return this;
    }

    /**
     * Sets {@code sdlora.steps} for one request.
     *
     * @param steps number of sampling steps, at least 1. Default 20
     * @return this builder
     */
    public Builder steps(int steps) {
      settings.setSteps(steps);
      return this;
    }

    /**
     * Sets {@code sdlora.sampler} for one request.
     *
     * @param sampler sampler by A1111's name, such as Euler a or DPM++ 2M Karras. Default DPM++ 2M
     * @return this builder
     */
    public Builder sampler(String sampler) {
      Objects.requireNonNull(sampler, "sampler");
      settings.setSampler(sampler);
      return this;
    }

    /**
     * Sets {@code sdlora.schedule} for one request.
     *
     * @param schedule schedule of noise levels, such as karras. Default: the one that suits the
     *     sampler
     * @return this builder
     */
    public Builder schedule(Schedule schedule) {
      Objects.requireNonNull(schedule, "schedule");
      settings.setSchedule(schedule);
      return this;
    }

    /**
     * Sets {@code sdlora.cfg-scale} for one request.
     *
     * @param cfgScale guidance scale: how far images are pushed from the negative prompt towards
     *     the prompt. Default 7
     * @return this builder
     */
    public Builder cfgScale(double cfgScale) {
      settings.setCfgScale(cfgScale);
      return this;
    }

    /**
     * Sets {@code sdlora.few-steps} for one request.
     *
     * @param fewSteps method of a LoRA or checkpoint that draws in few steps, such as lcm or
     *     lightning: sets sampler, schedule, steps and guidance where nothing else does
     * @return this builder
     */
    public Builder fewSteps(FewSteps fewSteps) {
      Objects.requireNonNull(fewSteps, "fewSteps");
      settings.setFewSteps(fewSteps);
      return this;
    }

    /**
     * Sets {@code sdlora.seed} for one request.
     *
     * @param seed seed of the first image; any number, 0 and -1 too. Default: a random one for each
     *     request
     * @return this builder
     */
    public Builder seed(long seed) {
      settings.setSeed(seed);
      return this;
    }

    /**
     * Sets {@code sdlora.rng} for one request.
     *
     * @param rng generator of the noise: nv as A1111 on CUDA (the default), or cpu as ComfyUI
     * @return this builder
     */
    public Builder rng(Rng rng) {
      Objects.requireNonNull(rng, "rng");
      settings.setRng(rng);
      return this;
    }

    /**
     * Sets {@code sdlora.variation-seed} for one request.
     *
     * @param variationSeed seed of noise that is mixed into the noise of the seed. Default: random
     * @return this builder
     */
    public Builder variationSeed(long variationSeed) {
      settings.setVariationSeed(variationSeed);
      return this;
    }

    /**
     * Sets {@code sdlora.variation-strength} for one request.
     *
     * @param variationStrength how much of the variation seed's noise is mixed in, from 0 (the
     *     default) to 1
     * @return this builder
     */
    public Builder variationStrength(double variationStrength) {
      settings.setVariationStrength(variationStrength);
      return this;
    }

    /**
     * Sets {@code sdlora.clip-skip} for one request.
     *
     * @param clipSkip layer of the text encoder that is read, counted from the end, from 1 (the
     *     default) to 12
     * @return this builder
     */
    public Builder clipSkip(int clipSkip) {
      settings.setClipSkip(clipSkip);
      return this;
    }

    /**
     * Sets {@code sdlora.eta} for one request.
     *
     * @param eta amount of fresh noise in each step of ancestral samplers. Default: the sampler's
     *     own
     * @return this builder
     */
    public Builder eta(double eta) {
      settings.setEta(eta);
      return this;
    }

    /**
     * Sets {@code sdlora.emphasis} for one request.
     *
     * @param emphasis what weights of words do to their vectors: original (the default), no_norm,
     *     ignore or none
     * @return this builder
     */
    public Builder emphasis(Emphasis emphasis) {
      Objects.requireNonNull(emphasis, "emphasis");
      settings.setEmphasis(emphasis);
      return this;
    }

    /**
     * Sets {@code sdlora.prompt-mode} for one request.
     *
     * @param promptMode what becomes of malformed prompts: a1111 gives every text a meaning (the
     *     default), strict refuses them
     * @return this builder
     */
    public Builder promptMode(PromptMode promptMode) {
      Objects.requireNonNull(promptMode, "promptMode");
      settings.setPromptMode(promptMode);
      return this;
    }

    /**
     * Sets {@code sdlora.dynamic-prompts} for one request.
     *
     * @param dynamicPrompts whether prompts are templates such as {@code {red|blue}}, drawn anew
     *     for each image. Default false
     * @return this builder
     */
    public Builder dynamicPrompts(boolean dynamicPrompts) {
      settings.setDynamicPrompts(dynamicPrompts);
      return this;
    }

    /**
     * Sets {@code sdlora.tiling} for one request.
     *
     * @param tiling edges that continue at the opposite edge: none (the default), x, y or both
     * @return this builder
     */
    public Builder tiling(Tiling tiling) {
      Objects.requireNonNull(tiling, "tiling");
      settings.setTiling(tiling);
      return this;
    }

    /**
     * Sets {@code sdlora.denoising-strength} for one request.
     *
     * @param denoisingStrength how much of a start image may change, from 0 to 1. Default 0.75
     * @return this builder
     */
    public Builder denoisingStrength(double denoisingStrength) {
      settings.setDenoisingStrength(denoisingStrength);
      return this;
    }

    /**
     * Sets {@code sdlora.resize-mode} for one request.
     *
     * @param resizeMode how a start image gets to the size of the request. Default just_resize
     * @return this builder
     */
    public Builder resizeMode(ResizeMode resizeMode) {
      Objects.requireNonNull(resizeMode, "resizeMode");
      settings.setResizeMode(resizeMode);
      return this;
    }

    /**
     * Sets {@code sdlora.mask-blur} for one request.
     *
     * @param maskBlur blur of a mask's edge in pixels, from 0 to 64. Default 4
     * @return this builder
     */
    public Builder maskBlur(int maskBlur) {
      settings.setMaskBlur(maskBlur);
      return this;
    }

    /**
     * Sets {@code sdlora.masked-content} for one request.
     *
     * @param maskedContent what the place under a mask starts from. Default original
     * @return this builder
     */
    public Builder maskedContent(MaskedContent maskedContent) {
      Objects.requireNonNull(maskedContent, "maskedContent");
      settings.setMaskedContent(maskedContent);
      return this;
    }

    /**
     * Sets {@code sdlora.invert-mask} for one request.
     *
     * @param invertMask whether the black of a mask is painted in place of the white. Default false
     * @return this builder
     */
    public Builder invertMask(boolean invertMask) {
      settings.setInvertMask(invertMask);
      return this;
    }

    /**
     * Sets {@code sdlora.only-masked} for one request.
     *
     * @param onlyMasked whether only the surroundings of a mask are painted, at the size of the
     *     request. Default false
     * @return this builder
     */
    public Builder onlyMasked(boolean onlyMasked) {
      settings.setOnlyMasked(onlyMasked);
      return this;
    }

    /**
     * Sets {@code sdlora.mask-padding} for one request.
     *
     * @param maskPadding pixels around a mask that are painted along with only-masked, from 0 to
     *     256. Default 32
     * @return this builder
     */
    public Builder maskPadding(int maskPadding) {
      settings.setMaskPadding(maskPadding);
      return this;
    }

    /**
     * Sets {@code sdlora.image-cfg-scale} for one request.
     *
     * @param imageCfgScale how strongly a model that edits images keeps to the image. Default 1.5
     * @return this builder
     */
    public Builder imageCfgScale(double imageCfgScale) {
      settings.setImageCfgScale(imageCfgScale);
      return this;
    }

    /**
     * Sets {@code sdlora.hires-scale} for one request.
     *
     * @param hiresScale factor of a second pass at a larger size, hires fix; more than 1. Default:
     *     no such pass
     * @return this builder
     */
    public Builder hiresScale(double hiresScale) {
      settings.setHiresScale(hiresScale);
      return this;
    }

    /**
     * Sets {@code sdlora.hires-upscaler} for one request.
     *
     * @param hiresUpscaler what enlarges between the passes of hires fix, by A1111's name. Default
     *     Latent
     * @return this builder
     */
    public Builder hiresUpscaler(String hiresUpscaler) {
      Objects.requireNonNull(hiresUpscaler, "hiresUpscaler");
      settings.setHiresUpscaler(hiresUpscaler);
      return this;
    }

    /**
     * Sets {@code sdlora.hires-steps} for one request.
     *
     * @param hiresSteps steps of the second pass of hires fix. Default: those of the first
     * @return this builder
     */
    public Builder hiresSteps(int hiresSteps) {
      settings.setHiresSteps(hiresSteps);
      return this;
    }

    /**
     * Sets {@code sdlora.hires-denoising-strength} for one request.
     *
     * @param hiresDenoisingStrength how much the second pass of hires fix may change, from 0 to 1.
     *     Default 0.7
     * @return this builder
     */
    public Builder hiresDenoisingStrength(double hiresDenoisingStrength) {
      settings.setHiresDenoisingStrength(hiresDenoisingStrength);
      return this;
    }

    /**
     * Sets {@code sdlora.refiner-switch} for one request.
     *
     * @param refinerSwitch share of the steps after which the refiner takes over, from 0 to 1.
     *     Default: never
     * @return this builder
     */
    public Builder refinerSwitch(double refinerSwitch) {
      settings.setRefinerSwitch(refinerSwitch);
      return this;
    }

    /**
     * Sets {@code sdlora.upscale} for one request.
     *
     * @param upscale factor by which finished images are enlarged, from 1 to 8. Default: not at all
     * @return this builder
     */
    public Builder upscale(double upscale) {
      settings.setUpscale(upscale);
      return this;
    }

    /**
     * Sets {@code sdlora.upscaler} for one request.
     *
     * @param upscaler what enlarges finished images: Lanczos (the default), Nearest or a file of
     *     the upscaler directories
     * @return this builder
     */
    public Builder upscaler(String upscaler) {
      Objects.requireNonNull(upscaler, "upscaler");
      settings.setUpscaler(upscaler);
      return this;
    }

    /**
     * Sets {@code sdlora.final-decoder} for one request.
     *
     * @param finalDecoder what turns the last latent into the image: vae (the default), or taesd,
     *     which needs a preview decoder
     * @return this builder
     */
    public Builder finalDecoder(FinalDecoder finalDecoder) {
      Objects.requireNonNull(finalDecoder, "finalDecoder");
      settings.setFinalDecoder(finalDecoder);
      return this;
    }

    /**
     * Sets {@code sdlora.vae-tiling} for one request.
     *
     * @param vaeTiling whether the VAE works in strips, which takes less memory: auto (the
     *     default), on or off
     * @return this builder
     */
    public Builder vaeTiling(VaeTiling vaeTiling) {
      Objects.requireNonNull(vaeTiling, "vaeTiling");
      settings.setVaeTiling(vaeTiling);
      return this;
    }

    /**
     * Sets {@code sdlora.cache-interval} for one request.
     *
     * @param cacheInterval runs the whole model in every so many-th step only, which is faster and
     *     less exact. Default 1: in each
     * @return this builder
     */
    public Builder cacheInterval(int cacheInterval) {
      settings.setCacheInterval(cacheInterval);
      return this;
    }

    /**
     * Sets {@code sdlora.token-merging-ratio} for one request.
     *
     * @param tokenMergingRatio share of positions that attention merges, which is faster and less
     *     exact, from 0 (the default) to 0.9
     * @return this builder
     */
    public Builder tokenMergingRatio(double tokenMergingRatio) {
      settings.setTokenMergingRatio(tokenMergingRatio);
      return this;
    }

    /**
     * Sets {@code sdlora.batch-size} for one request.
     *
     * @param batchSize how many images of a request are drawn at once. Default: one after another
     * @return this builder
     */
    public Builder batchSize(int batchSize) {
      settings.setBatchSize(batchSize);
      return this;
    }

    /** {@return the options} The builder can be used further. */
    public SdLoraImageOptions build() {
      return new SdLoraImageOptions(this);
    }
  }
}
