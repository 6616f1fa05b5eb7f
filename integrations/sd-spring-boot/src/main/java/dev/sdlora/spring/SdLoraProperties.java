package dev.sdlora.spring;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Precision;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.model.WeightFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code sdlora.*} of the model; null means not set. {@link RequestProperties} are
 * the defaults of requests, and refuses unknown ones.
 *
 * <p>Spring's processor copies the descriptions into the configuration metadata. It takes the first
 * {@code @param} that begins with a name, so a name must precede longer ones.
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
 * @param upscalerDirectories Folders with upscalers of the ESRGAN family for requests.
 * @param stylesFile A1111 styles.csv with styles for requests.
 */
@ConfigurationProperties(prefix = "sdlora")
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
