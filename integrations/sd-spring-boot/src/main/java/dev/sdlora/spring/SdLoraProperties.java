package dev.sdlora.spring;

import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Precision;
import dev.sdlora.api.model.PredictionType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The properties {@code sdlora.*}: the model, its settings, and the defaults of requests. An
 * unknown property prevents the application from starting.
 */
@ConfigurationProperties(prefix = "sdlora", ignoreUnknownFields = false)
class SdLoraProperties extends ImageSettings {
  /** The time at which the model is loaded. */
  enum Loading {
    /** Load with the first image request. */
    LAZY,
    /** Load in the background while the application starts. */
    BACKGROUND,
    /** Load before the application has started; a failure prevents the start. */
    EAGER
  }

  /**
   * When to load the model: lazy with the first image (the default), background while the
   * application starts, or eager before it has started.
   */
  private Loading loading = Loading.LAZY;

  /**
   * Whether to answer rejected web requests with a problem detail (RFC 9457) that contains the
   * library's message: 400 for invalid requests, 503 when the model is busy.
   */
  private boolean problemDetails = true;

  /**
   * Time for running requests to finish when the application stops, before they are cancelled.
   * Default: nine tenths of spring.lifecycle.timeout-per-shutdown-phase.
   */
  private @Nullable Duration shutdownGrace;

  /**
   * Checkpoint: a file, a diffusers folder, or a reference such as hf:owner/repo or civitai:16576,
   * which is downloaded once. Default: the bundled model, if sd-demo-model is on the class path.
   */
  private @Nullable String checkpoint;

  /** VAE that replaces the checkpoint's: a file or a folder. */
  private @Nullable Path vae;

  /** Text encoder that replaces the checkpoint's first one: a file or a folder. */
  private @Nullable Path textEncoder;

  /** Text encoder that replaces the second one of SDXL: a file or a folder. */
  private @Nullable Path textEncoder2;

  /** Weight variant of a diffusers folder, such as fp16. */
  private @Nullable String variant;

  /** Model for the last steps, such as the SDXL refiner. */
  private @Nullable Path refiner;

  /** Prediction type of the U-Net, if it cannot be detected from the files. */
  private @Nullable PredictionType predictionType;

  /** Folders with LoRAs for prompts. Default: none; with the bundled model, its LoRAs. */
  private List<Path> loraDirectories = List.of();

  /** Folders with textual inversion embeddings for prompts. */
  private List<Path> embeddingDirectories = List.of();

  /** Folders with hypernetworks for prompts. */
  private List<Path> hypernetworkDirectories = List.of();

  /** Folders with upscalers of the ESRGAN family for requests. */
  private List<Path> upscalerDirectories = List.of();

  /** Folders with wildcards for dynamic prompts. */
  private List<Path> wildcardDirectories = List.of();

  /** ControlNets and T2I-Adapters to keep in memory. */
  private List<Path> controlNets = List.of();

  /** TAESD decoder, for previews and for the final decoder taesd. */
  private @Nullable Path previewDecoder;

  /** A1111 styles.csv with styles for requests. */
  private @Nullable Path stylesFile;

  /**
   * Dtype of the computation: auto (the default), float32 for the same images on all machines,
   * bfloat16, or float16 on GPUs.
   */
  private @Nullable Precision precision;

  /**
   * Networks to keep in memory between the stages of a request: keep for all (the default), or
   * sparing for the U-Net only.
   */
  private @Nullable MemoryPolicy memoryPolicy;

  /** Compute device: cpu (the default), or cuda:0 and so on with native libraries for it. */
  private @Nullable String device;

  /** Number of requests that run at the same time; they share the cores. Default: 1. */
  private @Nullable Integer concurrency;

  /** Maximum number of waiting requests; further ones are rejected. Default: 1000. */
  private @Nullable Integer maxQueued;

  /** Maximum number of pixels in an image. Default: limited by memory only. */
  private @Nullable Long maxPixels;

  /**
   * Maximum memory for all requests together. Default: the memory available when a request starts.
   */
  private @Nullable DataSize maxMemory;

  public boolean isProblemDetails() {
    return problemDetails;
  }

  public void setProblemDetails(boolean problemDetails) {
    this.problemDetails = problemDetails;
  }

  public Loading getLoading() {
    return loading;
  }

  public void setLoading(Loading loading) {
    this.loading = loading;
  }

  public @Nullable Duration getShutdownGrace() {
    return shutdownGrace;
  }

  public void setShutdownGrace(@Nullable Duration shutdownGrace) {
    this.shutdownGrace = shutdownGrace;
  }

  public @Nullable String getCheckpoint() {
    return checkpoint;
  }

  public void setCheckpoint(@Nullable String checkpoint) {
    this.checkpoint = checkpoint;
  }

  public @Nullable Path getVae() {
    return vae;
  }

  public void setVae(@Nullable Path vae) {
    this.vae = vae;
  }

  public @Nullable Path getTextEncoder() {
    return textEncoder;
  }

  public void setTextEncoder(@Nullable Path textEncoder) {
    this.textEncoder = textEncoder;
  }

  public @Nullable Path getTextEncoder2() {
    return textEncoder2;
  }

  public void setTextEncoder2(@Nullable Path textEncoder2) {
    this.textEncoder2 = textEncoder2;
  }

  public @Nullable String getVariant() {
    return variant;
  }

  public void setVariant(@Nullable String variant) {
    this.variant = variant;
  }

  public @Nullable Path getRefiner() {
    return refiner;
  }

  public void setRefiner(@Nullable Path refiner) {
    this.refiner = refiner;
  }

  public @Nullable PredictionType getPredictionType() {
    return predictionType;
  }

  public void setPredictionType(@Nullable PredictionType predictionType) {
    this.predictionType = predictionType;
  }

  public List<Path> getLoraDirectories() {
    return loraDirectories;
  }

  public void setLoraDirectories(List<Path> loraDirectories) {
    this.loraDirectories = loraDirectories;
  }

  public List<Path> getEmbeddingDirectories() {
    return embeddingDirectories;
  }

  public void setEmbeddingDirectories(List<Path> embeddingDirectories) {
    this.embeddingDirectories = embeddingDirectories;
  }

  public List<Path> getHypernetworkDirectories() {
    return hypernetworkDirectories;
  }

  public void setHypernetworkDirectories(List<Path> hypernetworkDirectories) {
    this.hypernetworkDirectories = hypernetworkDirectories;
  }

  public List<Path> getUpscalerDirectories() {
    return upscalerDirectories;
  }

  public void setUpscalerDirectories(List<Path> upscalerDirectories) {
    this.upscalerDirectories = upscalerDirectories;
  }

  public List<Path> getWildcardDirectories() {
    return wildcardDirectories;
  }

  public void setWildcardDirectories(List<Path> wildcardDirectories) {
    this.wildcardDirectories = wildcardDirectories;
  }

  public List<Path> getControlNets() {
    return controlNets;
  }

  public void setControlNets(List<Path> controlNets) {
    this.controlNets = controlNets;
  }

  public @Nullable Path getPreviewDecoder() {
    return previewDecoder;
  }

  public void setPreviewDecoder(@Nullable Path previewDecoder) {
    this.previewDecoder = previewDecoder;
  }

  public @Nullable Path getStylesFile() {
    return stylesFile;
  }

  public void setStylesFile(@Nullable Path stylesFile) {
    this.stylesFile = stylesFile;
  }

  public @Nullable Precision getPrecision() {
    return precision;
  }

  public void setPrecision(@Nullable Precision precision) {
    this.precision = precision;
  }

  public @Nullable MemoryPolicy getMemoryPolicy() {
    return memoryPolicy;
  }

  public void setMemoryPolicy(@Nullable MemoryPolicy memoryPolicy) {
    this.memoryPolicy = memoryPolicy;
  }

  public @Nullable String getDevice() {
    return device;
  }

  public void setDevice(@Nullable String device) {
    this.device = device;
  }

  public @Nullable Integer getConcurrency() {
    return concurrency;
  }

  public void setConcurrency(@Nullable Integer concurrency) {
    this.concurrency = concurrency;
  }

  public @Nullable Integer getMaxQueued() {
    return maxQueued;
  }

  public void setMaxQueued(@Nullable Integer maxQueued) {
    this.maxQueued = maxQueued;
  }

  public @Nullable Long getMaxPixels() {
    return maxPixels;
  }

  public void setMaxPixels(@Nullable Long maxPixels) {
    this.maxPixels = maxPixels;
  }

  public @Nullable DataSize getMaxMemory() {
    return maxMemory;
  }

  public void setMaxMemory(@Nullable DataSize maxMemory) {
    this.maxMemory = maxMemory;
  }
}
