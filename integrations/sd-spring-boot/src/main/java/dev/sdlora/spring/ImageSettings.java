package dev.sdlora.spring;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Schedule;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of an image request and their defaults; null means not set. The field comments become the
 * descriptions in the configuration metadata.
 */
class ImageSettings {
  /** Number of images per request, with consecutive seeds. Default: 1. */
  private @Nullable Integer n;

  /**
   * Name of the expected checkpoint, its file name without extension; a request that names another
   * one is rejected. Default: any.
   */
  private @Nullable String model;

  /** Image width in pixels, a multiple of 8. Default: the size that the model was trained on. */
  private @Nullable Integer width;

  /** Image height in pixels, a multiple of 8. Default: the size that the model was trained on. */
  private @Nullable Integer height;

  /**
   * Form of the returned image: b64_json for base64 (the default), or url for a data: URL with the
   * same bytes.
   */
  private @Nullable String responseFormat;

  /** Name of a style in the styles file; its texts are added to the prompts. Default: none. */
  private @Nullable String style;

  /**
   * File format of images, png (the default) or jpeg. Both contain the settings in A1111's format.
   */
  private @Nullable String outputFormat;

  /** Negative prompt, followed by the negative messages of a request. Default: none. */
  private @Nullable String negativePrompt;

  /**
   * LoRAs by name, with their weights, for prompts that do not name them in a tag. Default: none.
   */
  private @Nullable Map<String, Double> loras;

  /** Application of LoRAs: patched, overlay or auto (the default). */
  private @Nullable LoraMode loraMode;

  /**
   * Whether to skip unusable LoRAs and embeddings with a warning instead of failing. Default:
   * false.
   */
  private @Nullable Boolean lenient;

  /**
   * Whether to add the weights and trigger words that the authors of LoRAs recommend. Default:
   * false.
   */
  private @Nullable Boolean triggerWords;

  /** Number of sampling steps, at least 1. Default: 20. */
  private @Nullable Integer steps;

  /** Sampler by A1111's name, such as Euler a or DPM++ 2M Karras. Default: DPM++ 2M. */
  private @Nullable String sampler;

  /** Schedule of noise levels, such as karras. Default: the sampler's own. */
  private @Nullable Schedule schedule;

  /** Guidance scale: the weight of the prompt relative to the negative prompt. Default: 7. */
  private @Nullable Double cfgScale;

  /**
   * Few-step method of a LoRA or checkpoint, such as lcm or lightning: sets sampler, schedule,
   * steps and guidance unless they are set explicitly.
   */
  private @Nullable FewSteps fewSteps;

  /** Seed of the first image; any number, including 0 and -1. Default: random for each request. */
  private @Nullable Long seed;

  /** Random number generator of the noise: nv as A1111 on CUDA (the default), or cpu as ComfyUI. */
  private @Nullable Rng rng;

  /** Seed of the noise that is mixed into the initial noise. Default: random. */
  private @Nullable Long variationSeed;

  /** Fraction of the variation seed's noise, from 0 (the default) to 1. */
  private @Nullable Double variationStrength;

  /** Text encoder layer to use, counted from the end, from 1 (the default) to 12. */
  private @Nullable Integer clipSkip;

  /** Amount of fresh noise in each step of ancestral samplers. Default: the sampler's own. */
  private @Nullable Double eta;

  /** Effect of word weights on their vectors: original (the default), no_norm, ignore or none. */
  private @Nullable Emphasis emphasis;

  /** Handling of malformed prompts: a1111 accepts any text (the default), strict rejects them. */
  private @Nullable PromptMode promptMode;

  /** Whether prompts are templates such as {red|blue}, expanded for each image. Default: false. */
  private @Nullable Boolean dynamicPrompts;

  /** Directions in which images tile seamlessly: none (the default), x, y or both. */
  private @Nullable Tiling tiling;

  /** Denoising strength for a start image, from 0 to 1. Default: 0.75. */
  private @Nullable Double denoisingStrength;

  /** Resizing of a start image to the requested size. Default: just_resize. */
  private @Nullable ResizeMode resizeMode;

  /** Blur of a mask's edge in pixels, from 0 to 64. Default: 4. */
  private @Nullable Integer maskBlur;

  /** Initial content of the masked area. Default: original. */
  private @Nullable MaskedContent maskedContent;

  /** Whether to repaint the black area of a mask instead of the white one. Default: false. */
  private @Nullable Boolean invertMask;

  /**
   * Whether to generate only the masked area and its surroundings, at the requested size. Default:
   * false.
   */
  private @Nullable Boolean onlyMasked;

  /** Pixels around the mask for only-masked, from 0 to 256. Default: 32. */
  private @Nullable Integer maskPadding;

  /** Guidance scale for the image in models that edit images. Default: 1.5. */
  private @Nullable Double imageCfgScale;

  /**
   * Scale factor of hires fix, a second pass at a larger size; more than 1. Default: no second
   * pass.
   */
  private @Nullable Double hiresScale;

  /** Upscaler between the passes of hires fix, by A1111's name. Default: Latent. */
  private @Nullable String hiresUpscaler;

  /** Steps of the second pass of hires fix. Default: as in the first pass. */
  private @Nullable Integer hiresSteps;

  /** Denoising strength of the second pass of hires fix, from 0 to 1. Default: 0.7. */
  private @Nullable Double hiresDenoisingStrength;

  /**
   * Fraction of the noise schedule after which the refiner takes over, from 0 to 1. Default: never.
   */
  private @Nullable Double refinerSwitch;

  /** Scale factor for finished images, from 1 to 8. Default: no upscaling. */
  private @Nullable Double upscale;

  /**
   * Upscaler for finished images: Lanczos (the default), Nearest or a file in the upscaler
   * directories.
   */
  private @Nullable String upscaler;

  /** Decoder of the final image: vae (the default), or taesd, which needs a preview decoder. */
  private @Nullable FinalDecoder finalDecoder;

  /** Whether the VAE runs in strips, which takes less memory: auto (the default), on or off. */
  private @Nullable VaeTiling vaeTiling;

  /**
   * Interval of model calls that run the whole model, for speed at some loss of exactness
   * (DeepCache). Default: 1, every call.
   */
  private @Nullable Integer cacheInterval;

  /**
   * Fraction of tokens merged in attention, for speed at some loss of exactness, from 0 (the
   * default) to 0.9.
   */
  private @Nullable Double tokenMergingRatio;

  /** Number of images of a request generated at once. Default: one after another. */
  private @Nullable Integer batchSize;

  /** Adds the settings of another object, which take precedence; its null values are ignored. */
  void putAll(ImageSettings other) {
    for (Field field : ImageSettings.class.getDeclaredFields()) {
      Object value = other.value(field);
      if (value != null) {
        set(field, value);
      }
    }
  }

  /** Returns the settings that are not null, by name. */
  Map<String, Object> given() {
    Map<String, Object> given = new LinkedHashMap<>();
    for (Field field : ImageSettings.class.getDeclaredFields()) {
      Object value = value(field);
      if (value != null) {
        given.put(field.getName(), value);
      }
    }
    return given;
  }

  private @Nullable Object value(Field field) {
    try {
      return isSetting(field) ? field.get(this) : null;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private void set(Field field, Object value) {
    try {
      field.set(this, value);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Excludes fields added by coverage tools. */
  private static boolean isSetting(Field field) {
    return !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic();
  }

  public @Nullable Integer getN() {
    return n;
  }

  public void setN(@Nullable Integer n) {
    this.n = n;
  }

  public @Nullable String getModel() {
    return model;
  }

  public void setModel(@Nullable String model) {
    this.model = model;
  }

  public @Nullable Integer getWidth() {
    return width;
  }

  public void setWidth(@Nullable Integer width) {
    this.width = width;
  }

  public @Nullable Integer getHeight() {
    return height;
  }

  public void setHeight(@Nullable Integer height) {
    this.height = height;
  }

  public @Nullable String getResponseFormat() {
    return responseFormat;
  }

  public void setResponseFormat(@Nullable String responseFormat) {
    this.responseFormat = responseFormat;
  }

  public @Nullable String getStyle() {
    return style;
  }

  public void setStyle(@Nullable String style) {
    this.style = style;
  }

  public @Nullable String getOutputFormat() {
    return outputFormat;
  }

  public void setOutputFormat(@Nullable String outputFormat) {
    this.outputFormat = outputFormat;
  }

  public @Nullable String getNegativePrompt() {
    return negativePrompt;
  }

  public void setNegativePrompt(@Nullable String negativePrompt) {
    this.negativePrompt = negativePrompt;
  }

  public @Nullable Map<String, Double> getLoras() {
    return loras;
  }

  public void setLoras(@Nullable Map<String, Double> loras) {
    this.loras = loras;
  }

  public @Nullable LoraMode getLoraMode() {
    return loraMode;
  }

  public void setLoraMode(@Nullable LoraMode loraMode) {
    this.loraMode = loraMode;
  }

  public @Nullable Boolean getLenient() {
    return lenient;
  }

  public void setLenient(@Nullable Boolean lenient) {
    this.lenient = lenient;
  }

  public @Nullable Boolean getTriggerWords() {
    return triggerWords;
  }

  public void setTriggerWords(@Nullable Boolean triggerWords) {
    this.triggerWords = triggerWords;
  }

  public @Nullable Integer getSteps() {
    return steps;
  }

  public void setSteps(@Nullable Integer steps) {
    this.steps = steps;
  }

  public @Nullable String getSampler() {
    return sampler;
  }

  public void setSampler(@Nullable String sampler) {
    this.sampler = sampler;
  }

  public @Nullable Schedule getSchedule() {
    return schedule;
  }

  public void setSchedule(@Nullable Schedule schedule) {
    this.schedule = schedule;
  }

  public @Nullable Double getCfgScale() {
    return cfgScale;
  }

  public void setCfgScale(@Nullable Double cfgScale) {
    this.cfgScale = cfgScale;
  }

  public @Nullable FewSteps getFewSteps() {
    return fewSteps;
  }

  public void setFewSteps(@Nullable FewSteps fewSteps) {
    this.fewSteps = fewSteps;
  }

  public @Nullable Long getSeed() {
    return seed;
  }

  public void setSeed(@Nullable Long seed) {
    this.seed = seed;
  }

  public @Nullable Rng getRng() {
    return rng;
  }

  public void setRng(@Nullable Rng rng) {
    this.rng = rng;
  }

  public @Nullable Long getVariationSeed() {
    return variationSeed;
  }

  public void setVariationSeed(@Nullable Long variationSeed) {
    this.variationSeed = variationSeed;
  }

  public @Nullable Double getVariationStrength() {
    return variationStrength;
  }

  public void setVariationStrength(@Nullable Double variationStrength) {
    this.variationStrength = variationStrength;
  }

  public @Nullable Integer getClipSkip() {
    return clipSkip;
  }

  public void setClipSkip(@Nullable Integer clipSkip) {
    this.clipSkip = clipSkip;
  }

  public @Nullable Double getEta() {
    return eta;
  }

  public void setEta(@Nullable Double eta) {
    this.eta = eta;
  }

  public @Nullable Emphasis getEmphasis() {
    return emphasis;
  }

  public void setEmphasis(@Nullable Emphasis emphasis) {
    this.emphasis = emphasis;
  }

  public @Nullable PromptMode getPromptMode() {
    return promptMode;
  }

  public void setPromptMode(@Nullable PromptMode promptMode) {
    this.promptMode = promptMode;
  }

  public @Nullable Boolean getDynamicPrompts() {
    return dynamicPrompts;
  }

  public void setDynamicPrompts(@Nullable Boolean dynamicPrompts) {
    this.dynamicPrompts = dynamicPrompts;
  }

  public @Nullable Tiling getTiling() {
    return tiling;
  }

  public void setTiling(@Nullable Tiling tiling) {
    this.tiling = tiling;
  }

  public @Nullable Double getDenoisingStrength() {
    return denoisingStrength;
  }

  public void setDenoisingStrength(@Nullable Double denoisingStrength) {
    this.denoisingStrength = denoisingStrength;
  }

  public @Nullable ResizeMode getResizeMode() {
    return resizeMode;
  }

  public void setResizeMode(@Nullable ResizeMode resizeMode) {
    this.resizeMode = resizeMode;
  }

  public @Nullable Integer getMaskBlur() {
    return maskBlur;
  }

  public void setMaskBlur(@Nullable Integer maskBlur) {
    this.maskBlur = maskBlur;
  }

  public @Nullable MaskedContent getMaskedContent() {
    return maskedContent;
  }

  public void setMaskedContent(@Nullable MaskedContent maskedContent) {
    this.maskedContent = maskedContent;
  }

  public @Nullable Boolean getInvertMask() {
    return invertMask;
  }

  public void setInvertMask(@Nullable Boolean invertMask) {
    this.invertMask = invertMask;
  }

  public @Nullable Boolean getOnlyMasked() {
    return onlyMasked;
  }

  public void setOnlyMasked(@Nullable Boolean onlyMasked) {
    this.onlyMasked = onlyMasked;
  }

  public @Nullable Integer getMaskPadding() {
    return maskPadding;
  }

  public void setMaskPadding(@Nullable Integer maskPadding) {
    this.maskPadding = maskPadding;
  }

  public @Nullable Double getImageCfgScale() {
    return imageCfgScale;
  }

  public void setImageCfgScale(@Nullable Double imageCfgScale) {
    this.imageCfgScale = imageCfgScale;
  }

  public @Nullable Double getHiresScale() {
    return hiresScale;
  }

  public void setHiresScale(@Nullable Double hiresScale) {
    this.hiresScale = hiresScale;
  }

  public @Nullable String getHiresUpscaler() {
    return hiresUpscaler;
  }

  public void setHiresUpscaler(@Nullable String hiresUpscaler) {
    this.hiresUpscaler = hiresUpscaler;
  }

  public @Nullable Integer getHiresSteps() {
    return hiresSteps;
  }

  public void setHiresSteps(@Nullable Integer hiresSteps) {
    this.hiresSteps = hiresSteps;
  }

  public @Nullable Double getHiresDenoisingStrength() {
    return hiresDenoisingStrength;
  }

  public void setHiresDenoisingStrength(@Nullable Double hiresDenoisingStrength) {
    this.hiresDenoisingStrength = hiresDenoisingStrength;
  }

  public @Nullable Double getRefinerSwitch() {
    return refinerSwitch;
  }

  public void setRefinerSwitch(@Nullable Double refinerSwitch) {
    this.refinerSwitch = refinerSwitch;
  }

  public @Nullable Double getUpscale() {
    return upscale;
  }

  public void setUpscale(@Nullable Double upscale) {
    this.upscale = upscale;
  }

  public @Nullable String getUpscaler() {
    return upscaler;
  }

  public void setUpscaler(@Nullable String upscaler) {
    this.upscaler = upscaler;
  }

  public @Nullable FinalDecoder getFinalDecoder() {
    return finalDecoder;
  }

  public void setFinalDecoder(@Nullable FinalDecoder finalDecoder) {
    this.finalDecoder = finalDecoder;
  }

  public @Nullable VaeTiling getVaeTiling() {
    return vaeTiling;
  }

  public void setVaeTiling(@Nullable VaeTiling vaeTiling) {
    this.vaeTiling = vaeTiling;
  }

  public @Nullable Integer getCacheInterval() {
    return cacheInterval;
  }

  public void setCacheInterval(@Nullable Integer cacheInterval) {
    this.cacheInterval = cacheInterval;
  }

  public @Nullable Double getTokenMergingRatio() {
    return tokenMergingRatio;
  }

  public void setTokenMergingRatio(@Nullable Double tokenMergingRatio) {
    this.tokenMergingRatio = tokenMergingRatio;
  }

  public @Nullable Integer getBatchSize() {
    return batchSize;
  }

  public void setBatchSize(@Nullable Integer batchSize) {
    this.batchSize = batchSize;
  }
}
