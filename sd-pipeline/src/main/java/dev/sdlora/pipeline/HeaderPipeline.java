package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.lora.library.FolderLibrary;
import dev.sdlora.pipeline.detail.Detectors;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
import dev.sdlora.pipeline.model.FileCaches;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A pipeline that reads the headers of files, and draws nothing. */
final class HeaderPipeline implements Pipeline {
  private final Checkpoint checkpoint;
  private final Optional<Checkpoint> refiner;
  private final LoraLibrary loras;
  private final EmbeddingLibrary embeddings;
  private final HypernetworkFolders hypernetworks;
  private final Detectors detectors;
  private final List<Path> preprocessors;
  private final Precision precision;
  private final String device;
  private final int concurrency;

  private HeaderPipeline(
      Backend.Settings settings,
      Optional<Checkpoint> refiner,
      LoraLibrary loras,
      EmbeddingLibrary embeddings,
      HypernetworkFolders hypernetworks,
      Detectors detectors) {
    this.checkpoint = settings.checkpoint();
    this.refiner = refiner;
    this.loras = loras;
    this.embeddings = embeddings;
    this.hypernetworks = hypernetworks;
    this.detectors = detectors;
    this.preprocessors = settings.preprocessorDirectories();
    this.precision = settings.precision();
    this.device = settings.device();
    this.concurrency = settings.concurrency();
  }

  static HeaderPipeline open(Backend.Settings settings) {
    return new HeaderPipeline(
        settings,
        settings.refiner().map(Checkpoint::open),
        FolderLibrary.open(FileCaches.LORAS, FileCaches.LORA_CARDS, settings.loraDirectories()),
        FolderEmbeddings.open(
            FileCaches.EMBEDDINGS, settings.embeddingDirectories(), settings.embeddings()),
        HypernetworkFolders.open(settings.hypernetworkDirectories()),
        new Detectors(settings.detectors(), settings.detectorDirectories(), Detector::open));
  }

  @Override
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  @Override
  public LoraLibrary loras() {
    return loras;
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return embeddings;
  }

  @Override
  public List<String> hypernetworks() {
    return hypernetworks.names();
  }

  @Override
  public List<String> detectors() {
    return detectors.names();
  }

  @Override
  public List<Preprocessor> preprocessors() {
    return Preprocessor.available(preprocessors);
  }

  @Override
  public Optional<Checkpoint> refiner() {
    return refiner;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public String storage() {
    return checkpoint.storage();
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  @Override
  public int liveTensors() {
    return 0;
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    throw new IllegalStateException("the pipeline has no weights: it was built without them");
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    return CompletableFuture.failedFuture(
        new IllegalStateException("the pipeline has no weights: it was built without them"));
  }

  @Override
  public void close() {}

  @Override
  public void close(Duration patience) {}
}
