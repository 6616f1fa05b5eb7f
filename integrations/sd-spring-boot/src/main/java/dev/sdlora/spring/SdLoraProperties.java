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
 * The properties {@code sdlora.*}: which model is opened and how, and what requests say by default.
 * A misspelt one ends the start of the application.
 */
@ConfigurationProperties(prefix = "sdlora", ignoreUnknownFields = false)
class SdLoraProperties extends ImageSettings {
  /** When the model is read. */
  enum Loading {
    /** When the first image is asked for. */
    LAZY,
    /** While the application starts, which does not wait for it. */
    BACKGROUND,
    /** Before the application has started; if that fails, so does the start. */
    EAGER
  }

  /**
   * When the model is read: lazy with the first image (the default), background while the
   * application starts, or eager before it has started.
   */
  private Loading loading = Loading.LAZY;

  /**
   * Whether web requests that the library refuses are answered with its sentence as a problem
   * detail (RFC 9457): 400 for what the request got wrong, 503 when the model is busy.
   */
  private boolean problemDetails = true;

  /**
   * How long images under way may go on when the application stops, before they are cancelled.
   * Default: nine tenths of spring.lifecycle.timeout-per-shutdown-phase.
   */
  private @Nullable Duration shutdownGrace;

  /**
   * Checkpoint to draw with: a file, a diffusers folder, or a reference such as hf:owner/repo or
   * civitai:16576, which is fetched once. Default: the bundled model, if sd-demo-model is on the
   * class path.
   */
  private @Nullable String checkpoint;

  /** File or folder whose VAE takes the place of the checkpoint's. */
  private @Nullable Path vae;

  /** File or folder whose text encoder takes the place of the checkpoint's first. */
  private @Nullable Path textEncoder;

  /** File or folder whose text encoder takes the place of the checkpoint's second, of SDXL. */
  private @Nullable Path textEncoder2;

  /** Which weights of a diffusers folder are read, such as fp16. */
  private @Nullable String variant;

  /** Model that finishes images, such as SDXL's refiner. */
  private @Nullable Path refiner;

  /** What the U-Net predicts, where the files do not show it. */
  private @Nullable PredictionType predictionType;

  /**
   * Folders whose LoRA files prompts can name. Default: none; with the bundled model, its LoRAs.
   */
  private List<Path> loraDirectories = List.of();

  /** Folders with textual inversion embeddings that prompts can name. */
  private List<Path> embeddingDirectories = List.of();

  /** Folders with hypernetworks that prompts can name. */
  private List<Path> hypernetworkDirectories = List.of();

  /** Folders with networks of the ESRGAN family that requests can name as upscalers. */
  private List<Path> upscalerDirectories = List.of();

  /** Folders with the wildcards of dynamic prompts. */
  private List<Path> wildcardDirectories = List.of();

  /** ControlNets and T2I-Adapters that stay in memory. */
  private List<Path> controlNets = List.of();

  /** TAESD's decoder, for previews and for images with final-decoder taesd. */
  private @Nullable Path previewDecoder;

  /** A1111's styles.csv, whose styles requests can name. */
  private @Nullable Path stylesFile;

  /**
   * Number format of the computation: auto (the default), float32 for images that are alike on all
   * machines, bfloat16, or float16 on GPUs.
   */
  private @Nullable Precision precision;

  /**
   * Which networks stay in memory between the stages of a request: keep for all (the default), or
   * sparing for the U-Net alone.
   */
  private @Nullable MemoryPolicy memoryPolicy;

  /** Where to compute: cpu (the default), or cuda:0 and so on with native libraries for it. */
  private @Nullable String device;

  /** How many requests may draw at the same time; they share the cores. Default 1. */
  private @Nullable Integer concurrency;

  /** How many requests may wait; one more is refused. Default 1000. */
  private @Nullable Integer maxQueued;

  /** How many pixels an image may have. Default: as many as memory allows. */
  private @Nullable Long maxPixels;

  /** How much memory requests may take together. Default: what is left when one starts. */
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
