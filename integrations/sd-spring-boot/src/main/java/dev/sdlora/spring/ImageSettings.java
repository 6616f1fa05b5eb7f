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
 * What a request for images may say, and what it is by default: of both, null leaves a thing open.
 * The sentences at the fields are those of the configuration metadata.
 */
class ImageSettings {
  /** Number of images for each request, drawn with seeds that follow each other. Default 1. */
  private @Nullable Integer n;

  /**
   * Name of the checkpoint that requests expect to run: its file name without ending. Another one
   * than what runs is refused. Default: whatever runs.
   */
  private @Nullable String model;

  /**
   * Width of images in pixels, a multiple of 8. Default: the size that the model was trained on.
   */
  private @Nullable Integer width;

  /**
   * Height of images in pixels, a multiple of 8. Default: the size that the model was trained on.
   */
  private @Nullable Integer height;

  /**
   * What the answer's image holds: b64_json for base64 (the default), or url for a data: address
   * with the same bytes.
   */
  private @Nullable String responseFormat;

  /** Name of a style in the styles file, whose texts are put around the prompts. Default: none. */
  private @Nullable String style;

  /**
   * File format of images, png (the default) or jpeg. Both carry the settings as A1111 writes them.
   */
  private @Nullable String outputFormat;

  /** What images should not show. It stands before what negative messages say. Default: nothing. */
  private @Nullable String negativePrompt;

  /**
   * LoRAs by name, with their weights, for prompts that do not name them in a tag. Default: none.
   */
  private @Nullable Map<String, Double> loras;

  /** How LoRAs get into the computation: patched, overlay or auto (the default). */
  private @Nullable LoraMode loraMode;

  /**
   * Whether LoRAs and embeddings that cannot be used are left out with a warning, rather than
   * ending the request. Default false.
   */
  private @Nullable Boolean lenient;

  /**
   * Whether LoRAs get the weight and the trigger words that their authors advise. Default false.
   */
  private @Nullable Boolean triggerWords;

  /** Number of sampling steps, at least 1. Default 20. */
  private @Nullable Integer steps;

  /** Sampler by A1111's name, such as Euler a or DPM++ 2M Karras. Default DPM++ 2M. */
  private @Nullable String sampler;

  /** Schedule of noise levels, such as karras. Default: the one that suits the sampler. */
  private @Nullable Schedule schedule;

  /**
   * Guidance scale: how far images are pushed from the negative prompt towards the prompt. Default
   * 7.
   */
  private @Nullable Double cfgScale;

  /**
   * Method of a LoRA or checkpoint that draws in few steps, such as lcm or lightning: sets sampler,
   * schedule, steps and guidance where nothing else does.
   */
  private @Nullable FewSteps fewSteps;

  /** Seed of the first image; any number, 0 and -1 too. Default: a random one for each request. */
  private @Nullable Long seed;

  /** Generator of the noise: nv as A1111 on CUDA (the default), or cpu as ComfyUI. */
  private @Nullable Rng rng;

  /** Seed of noise that is mixed into the noise of the seed. Default: random. */
  private @Nullable Long variationSeed;

  /** How much of the variation seed's noise is mixed in, from 0 (the default) to 1. */
  private @Nullable Double variationStrength;

  /** Layer of the text encoder that is read, counted from the end, from 1 (the default) to 12. */
  private @Nullable Integer clipSkip;

  /** Amount of fresh noise in each step of ancestral samplers. Default: the sampler's own. */
  private @Nullable Double eta;

  /** What weights of words do to their vectors: original (the default), no_norm, ignore or none. */
  private @Nullable Emphasis emphasis;

  /**
   * What becomes of malformed prompts: a1111 gives every text a meaning (the default), strict
   * refuses them.
   */
  private @Nullable PromptMode promptMode;

  /** Whether prompts are templates such as {red|blue}, drawn anew for each image. Default false. */
  private @Nullable Boolean dynamicPrompts;

  /** Edges that continue at the opposite edge: none (the default), x, y or both. */
  private @Nullable Tiling tiling;

  /** How much of a start image may change, from 0 to 1. Default 0.75. */
  private @Nullable Double denoisingStrength;

  /** How a start image gets to the size of the request. Default just_resize. */
  private @Nullable ResizeMode resizeMode;

  /** Blur of a mask's edge in pixels, from 0 to 64. Default 4. */
  private @Nullable Integer maskBlur;

  /** What the place under a mask starts from. Default original. */
  private @Nullable MaskedContent maskedContent;

  /** Whether the black of a mask is painted in place of the white. Default false. */
  private @Nullable Boolean invertMask;

  /**
   * Whether only the surroundings of a mask are painted, at the size of the request. Default false.
   */
  private @Nullable Boolean onlyMasked;

  /** Pixels around a mask that are painted along with only-masked, from 0 to 256. Default 32. */
  private @Nullable Integer maskPadding;

  /** How strongly a model that edits images keeps to the image. Default 1.5. */
  private @Nullable Double imageCfgScale;

  /** Factor of a second pass at a larger size, hires fix; more than 1. Default: no such pass. */
  private @Nullable Double hiresScale;

  /** What enlarges between the passes of hires fix, by A1111's name. Default Latent. */
  private @Nullable String hiresUpscaler;

  /** Steps of the second pass of hires fix. Default: those of the first. */
  private @Nullable Integer hiresSteps;

  /** How much the second pass of hires fix may change, from 0 to 1. Default 0.7. */
  private @Nullable Double hiresDenoisingStrength;

  /** Share of the steps after which the refiner takes over, from 0 to 1. Default: never. */
  private @Nullable Double refinerSwitch;

  /** Factor by which finished images are enlarged, from 1 to 8. Default: not at all. */
  private @Nullable Double upscale;

  /**
   * What enlarges finished images: Lanczos (the default), Nearest or a file of the upscaler
   * directories.
   */
  private @Nullable String upscaler;

  /**
   * What turns the last latent into the image: vae (the default), or taesd, which needs a preview
   * decoder.
   */
  private @Nullable FinalDecoder finalDecoder;

  /** Whether the VAE works in strips, which takes less memory: auto (the default), on or off. */
  private @Nullable VaeTiling vaeTiling;

  /**
   * Runs the whole model in every so many-th step only, which is faster and less exact. Default 1:
   * in each.
   */
  private @Nullable Integer cacheInterval;

  /**
   * Share of positions that attention merges, which is faster and less exact, from 0 (the default)
   * to 0.9.
   */
  private @Nullable Double tokenMergingRatio;

  /** How many images of a request are drawn at once. Default: one after another. */
  private @Nullable Integer batchSize;

  /** What is set in the other goes before what is set here; what it leaves open stays. */
  void putAll(ImageSettings other) {
    for (Field field : ImageSettings.class.getDeclaredFields()) {
      Object value = other.value(field);
      if (value != null) {
        set(field, value);
      }
    }
  }

  /** What is set, by its name. */
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

  /** Tools that measure coverage add fields of their own. */
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
