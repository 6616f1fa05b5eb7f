package dev.sdlora.spring;

import dev.sdlora.api.Emphasis;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.image.VaeTiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code sdlora.*}: the model, its settings, and the defaults of requests; null
 * means not set. An unknown property prevents the application from starting.
 *
 * <p>Spring's processor copies the descriptions into the configuration metadata. It takes the first
 * {@code @param} that begins with a name, so a name must precede longer ones: {@code style}, then
 * {@code stylesFile}.
 *
 * @param loading When to load the model: lazy with the first image (the default), background while
 *     the application starts, or eager before it has started.
 * @param problemDetails Whether to answer rejected web requests with a problem detail (RFC 9457)
 *     that contains the library's message: 400 for invalid requests, 503 when the model is busy.
 * @param shutdownGrace Time for running requests to finish when the application stops, before they
 *     are cancelled. Default: nine tenths of spring.lifecycle.timeout-per-shutdown-phase.
 * @param checkpoint Checkpoint: a file, a diffusers folder, or a reference such as hf:owner/repo or
 *     civitai:16576, which is downloaded once. Default: the bundled model, if sd-demo-model is on
 *     the class path.
 * @param vae VAE that replaces the checkpoint's: a file or a folder.
 * @param textEncoder Text encoder that replaces the checkpoint's first one: a file or a folder.
 * @param textEncoder2 Text encoder that replaces the second one of SDXL, FLUX.1 or SD 3.x: a file
 *     or a folder.
 * @param textEncoder3 Text encoder that replaces the third one of SD 3.x: a file or a folder.
 * @param variant Weight variant of a diffusers folder, such as fp16.
 * @param refiner Model for the last steps, such as the SDXL refiner.
 * @param predictionType Prediction type of the U-Net, if it cannot be detected from the files.
 * @param loraDirectories Folders with LoRAs for prompts. Default: none; with the bundled model, its
 *     LoRAs.
 * @param embeddingDirectories Folders with textual inversion embeddings for prompts.
 * @param hypernetworkDirectories Folders with hypernetworks for prompts.
 * @param wildcardDirectories Folders with wildcards for dynamic prompts.
 * @param controlNets ControlNets and T2I-Adapters to keep in memory.
 * @param ipAdapters IP-Adapters to keep in memory.
 * @param imageEncoders CLIP vision encoders for IP-Adapters, files or folders.
 * @param detectorDirectories Folders with detectors in ONNX files, for passes that repaint details.
 * @param preprocessorDirectories Folders with ONNX files of preprocessors that run a network.
 * @param previewDecoder TAESD decoder, for previews and for the final decoder taesd.
 * @param precision Dtype of the computation: auto (the default), float32 for the same images on all
 *     machines, bfloat16, int8 for products in 8-bit integers, or float16 on GPUs.
 * @param weights Format of the weights in memory: as-stored (the default) for quantised ones as the
 *     file stores them, float32, bfloat16, or int8.
 * @param memoryPolicy Networks to keep in memory between the stages of a request: keep for all (the
 *     default), or sparing for the U-Net only.
 * @param device Compute device: cpu (the default), or cuda:0 and so on with native libraries for
 *     it.
 * @param concurrency Number of requests that run at the same time; they share the cores. Default:
 *     1.
 * @param maxQueued Maximum number of waiting requests; further ones are rejected. Default: 1000.
 * @param maxPixels Maximum number of pixels in an image. Default: limited by memory only.
 * @param maxMemory Maximum memory for all requests together. Default: the memory available when a
 *     request starts.
 * @param n Number of images per request, with consecutive seeds. Default: 1.
 * @param model Name of the expected checkpoint, its file name without extension; a request that
 *     names another one is rejected. Default: any.
 * @param width Image width in pixels, a multiple of 8. Default: the size that the model was trained
 *     on.
 * @param height Image height in pixels, a multiple of 8. Default: the size that the model was
 *     trained on.
 * @param responseFormat Form of the returned image: b64_json for base64 (the default), or url for a
 *     data: URL with the same bytes.
 * @param style Name of a style in the styles file; its texts are added to the prompts. Default:
 *     none.
 * @param outputFormat File format of images, png (the default) or jpeg. Both contain the settings
 *     in A1111's format.
 * @param negativePrompt Negative prompt, followed by the negative messages of a request. Default:
 *     none.
 * @param loras LoRAs by name, with their weights, for prompts that do not name them in a tag.
 *     Default: none.
 * @param loraMode Application of LoRAs: patched, overlay or auto (the default).
 * @param lenient Whether to skip unusable LoRAs and embeddings with a warning instead of failing.
 *     Default: false.
 * @param triggerWords Whether to add the weights and trigger words that the authors of LoRAs
 *     recommend. Default: false.
 * @param steps Number of sampling steps, at least 1. Default: the model's, usually 20.
 * @param sampler Sampler by A1111's name, such as Euler a or DPM++ 2M Karras. Default: the model's,
 *     usually DPM++ 2M.
 * @param schedule Schedule of noise levels, such as karras. Default: the sampler's own.
 * @param cfgScale Guidance scale: the weight of the prompt relative to the negative prompt.
 *     Default: the model's, usually 7.
 * @param fewSteps Few-step method of a LoRA or checkpoint, such as lcm or lightning: sets sampler,
 *     schedule, steps and guidance unless they are set explicitly.
 * @param seed Seed of the first image; any number, including 0 and -1. Default: random for each
 *     request.
 * @param rng Random number generator of the noise: nv as A1111 on CUDA (the default), or cpu as
 *     ComfyUI.
 * @param variationSeed Seed of the noise that is mixed into the initial noise. Default: random.
 * @param variationStrength Fraction of the variation seed's noise, from 0 (the default) to 1.
 * @param clipSkip Text encoder layer to use, counted from the end, from 1 (the default) to 12.
 * @param eta Amount of fresh noise in each step of ancestral samplers. Default: the sampler's own.
 * @param shift Shift of the schedule of a flow model such as FLUX.2 or Z-Image, above 0 and at most
 *     100. Default: the model's own.
 * @param skipLayers Blocks that skip-layer guidance of Stable Diffusion 3 and 3.5 leaves out, such
 *     as 7, 8, 9 for 3.5 Medium. Default: none.
 * @param skipLayerScale Scale of skip-layer guidance, from 0 to 100. Default: 2.8.
 * @param skipLayerStart Fraction of the steps after which skip-layer guidance begins. Default:
 *     0.01.
 * @param skipLayerEnd Fraction of the steps at which skip-layer guidance ends. Default: 0.2.
 * @param emphasis Effect of word weights on their vectors: original (the default), no_norm, ignore
 *     or none.
 * @param promptMode Handling of malformed prompts: a1111 accepts any text (the default), strict
 *     rejects them.
 * @param dynamicPrompts Whether prompts are templates such as {red|blue}, expanded for each image.
 *     Default: false.
 * @param t5Tokens Tokens to which T5 pads a prompt in FLUX.1 and Stable Diffusion 3, from 1 to 512;
 *     Forge and ComfyUI pad to 256 in FLUX.1. Default: the model's own.
 * @param tiling Directions in which images tile seamlessly: none (the default), x, y or both.
 * @param denoisingStrength Denoising strength for a start image, from 0 to 1. Default: 0.75.
 * @param resizeMode Resizing of a start image to the requested size. Default: just_resize.
 * @param maskBlur Blur of a mask's edge in pixels, from 0 to 64. Default: 4.
 * @param maskedContent Initial content of the masked area. Default: original.
 * @param invertMask Whether to repaint the black area of a mask instead of the white one. Default:
 *     false.
 * @param onlyMasked Whether to generate only the masked area and its surroundings, at the requested
 *     size. Default: false.
 * @param maskPadding Pixels around the mask for only-masked, from 0 to 256. Default: 32.
 * @param distilledGuidance Guidance scale that FLUX.1 [dev] and its kin read as an input. Default:
 *     the model's own.
 * @param imageCfgScale Guidance scale for the image in models that edit images. Default: 1.5.
 * @param hiresScale Scale factor of hires fix, a second pass at a larger size; more than 1.
 *     Default: no second pass.
 * @param hiresUpscaler Upscaler between the passes of hires fix, by A1111's name. Default: Latent.
 * @param hiresSteps Steps of the second pass of hires fix. Default: as in the first pass.
 * @param hiresDenoisingStrength Denoising strength of the second pass of hires fix, from 0 to 1.
 *     Default: 0.7.
 * @param hiresDistilledGuidance Guidance scale that FLUX.1 [dev] and its kin read in the second
 *     pass of hires fix. Default: as in the first pass.
 * @param refinerSwitch Fraction of the noise schedule after which the refiner takes over, from 0 to
 *     1. Default: never.
 * @param upscale Scale factor for finished images, from 1 to 8. Default: no upscaling.
 * @param upscaler Upscaler for finished images: Lanczos (the default), Nearest or a file in the
 *     upscaler directories.
 * @param finalDecoder Decoder of the final image: vae (the default), or taesd, which needs a
 *     preview decoder.
 * @param vaeTiling Whether the VAE runs in strips, which takes less memory: auto (the default), on
 *     or off.
 * @param cacheInterval Interval of model calls that run the whole model, for speed at some loss of
 *     exactness (DeepCache). Default: 1, every call.
 * @param tokenMergingRatio Fraction of tokens merged in attention, for speed at some loss of
 *     exactness, from 0 (the default) to 0.9.
 * @param batchSize Number of images of a request generated at once. Default: one after another.
 * @param upscalerDirectories Folders with upscalers of the ESRGAN family for requests.
 * @param stylesFile A1111 styles.csv with styles for requests.
 */
@ConfigurationProperties(prefix = "sdlora", ignoreUnknownFields = false)
record SdLoraProperties(
    @DefaultValue("lazy") Loading loading,
    @DefaultValue("true") boolean problemDetails,
    @Nullable Duration shutdownGrace,
    @Nullable String checkpoint,
    @Nullable Path vae,
    @Nullable Path textEncoder,
    @Nullable Path textEncoder2,
    @Nullable Path textEncoder3,
    @Nullable String variant,
    @Nullable Path refiner,
    @Nullable PredictionType predictionType,
    @DefaultValue List<Path> loraDirectories,
    @DefaultValue List<Path> embeddingDirectories,
    @DefaultValue List<Path> hypernetworkDirectories,
    @DefaultValue List<Path> wildcardDirectories,
    @DefaultValue List<Path> controlNets,
    @DefaultValue List<Path> ipAdapters,
    @DefaultValue List<Path> imageEncoders,
    @DefaultValue List<Path> detectorDirectories,
    @DefaultValue List<Path> preprocessorDirectories,
    @Nullable Path previewDecoder,
    @Nullable Precision precision,
    @Nullable WeightFormat weights,
    @Nullable MemoryPolicy memoryPolicy,
    @Nullable String device,
    @Nullable Integer concurrency,
    @Nullable Integer maxQueued,
    @Nullable Long maxPixels,
    @Nullable DataSize maxMemory,
    @Nullable Integer n,
    @Nullable String model,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable String responseFormat,
    @Nullable String style,
    @Nullable String outputFormat,
    @Nullable String negativePrompt,
    @Nullable Map<String, Double> loras,
    @Nullable LoraMode loraMode,
    @Nullable Boolean lenient,
    @Nullable Boolean triggerWords,
    @Nullable Integer steps,
    @Nullable String sampler,
    @Nullable Schedule schedule,
    @Nullable Double cfgScale,
    @Nullable FewSteps fewSteps,
    @Nullable Long seed,
    @Nullable Rng rng,
    @Nullable Long variationSeed,
    @Nullable Double variationStrength,
    @Nullable Integer clipSkip,
    @Nullable Double eta,
    @Nullable Double shift,
    @Nullable List<Integer> skipLayers,
    @Nullable Double skipLayerScale,
    @Nullable Double skipLayerStart,
    @Nullable Double skipLayerEnd,
    @Nullable Emphasis emphasis,
    @Nullable PromptMode promptMode,
    @Nullable Boolean dynamicPrompts,
    @Nullable Integer t5Tokens,
    @Nullable Tiling tiling,
    @Nullable Double denoisingStrength,
    @Nullable ResizeMode resizeMode,
    @Nullable Integer maskBlur,
    @Nullable MaskedContent maskedContent,
    @Nullable Boolean invertMask,
    @Nullable Boolean onlyMasked,
    @Nullable Integer maskPadding,
    @Nullable Double distilledGuidance,
    @Nullable Double imageCfgScale,
    @Nullable Double hiresScale,
    @Nullable String hiresUpscaler,
    @Nullable Integer hiresSteps,
    @Nullable Double hiresDenoisingStrength,
    @Nullable Double hiresDistilledGuidance,
    @Nullable Double refinerSwitch,
    @Nullable Double upscale,
    @Nullable String upscaler,
    @Nullable FinalDecoder finalDecoder,
    @Nullable VaeTiling vaeTiling,
    @Nullable Integer cacheInterval,
    @Nullable Double tokenMergingRatio,
    @Nullable Integer batchSize,
    @DefaultValue List<Path> upscalerDirectories,
    @Nullable Path stylesFile) {
  /** The time at which the model is loaded. */
  enum Loading {
    /** Load with the first image request. */
    LAZY,
    /** Load in the background while the application starts. */
    BACKGROUND,
    /** Load before the application has started; a failure prevents the start. */
    EAGER
  }
}
