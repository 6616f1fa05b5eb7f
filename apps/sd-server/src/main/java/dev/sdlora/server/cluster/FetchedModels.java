package dev.sdlora.server.cluster;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.References;
import dev.sdlora.server.cluster.NeededFiles.Kind;
import dev.sdlora.server.cluster.NeededFiles.NeededFile;
import dev.sdlora.server.job.shared.ModelProvider;
import dev.sdlora.server.job.store.StoredJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models and files of a worker: one checkpoint at a time, opened when a job needs it, with the
 * files that the job names by their hashes. Safe for use by several threads.
 */
public final class FetchedModels implements ModelProvider, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FetchedModels.class);

  /** The front has checked the request against its own limits. */
  private static final RequestLimits LIMITS =
      RequestLimits.DEFAULTS
          .withBytes(1 << 30)
          .withText(1 << 30)
          .withPixels(Long.MAX_VALUE)
          .withInputPixels(Long.MAX_VALUE)
          .withImages(Integer.MAX_VALUE);

  private final FileSupply supply;
  private final FileView view;
  private final int places;
  private final Consumer<Pipeline.Builder> settings;

  // The fields below are guarded by this.
  private @Nullable Pipeline pipeline;
  private @Nullable NeededFiles opened;
  private volatile String held = "";

  /**
   * Creates the models of a worker that holds no checkpoint yet.
   *
   * @param supply gets the files
   * @param view links to them, deleted at the end
   * @param places the number of jobs at once
   * @param settings sets the device, the precision and so on of each pipeline
   */
  FetchedModels(FileSupply supply, FileView view, int places, Consumer<Pipeline.Builder> settings) {
    this.supply = supply;
    this.view = view;
    this.places = places;
    this.settings = settings;
  }

  @Override
  public int places() {
    return places;
  }

  @Override
  public Optional<List<String>> models() {
    return Optional.empty();
  }

  @Override
  public String held() {
    return held;
  }

  /** Returns the folders whose files messages may name. */
  public List<Path> folders() {
    return Stream.of(Kind.values()).map(view::folder).toList();
  }

  /** Returns the tensors outside Java's heap. */
  public synchronized int liveTensors() {
    return pipeline == null ? 0 : pipeline.liveTensors();
  }

  @Override
  public synchronized boolean fits(StoredJob.Needs needs) {
    NeededFiles files = files(needs);
    return files.ofCheckpoint().equals(opened) && view.fits(files);
  }

  private static NeededFiles files(StoredJob.Needs needs) {
    return NeededFiles.parse(
        needs.files().orElseThrow(() -> new IllegalArgumentException("the job names no files")));
  }

  @Override
  public synchronized RequestContext open(StoredJob.Needs needs, boolean alone) {
    NeededFiles files = files(needs);
    Map<NeededFile, Path> contents = new LinkedHashMap<>();
    files.files().forEach(file -> contents.put(file, supply.get(file)));
    if (alone) {
      if (!files.ofCheckpoint().equals(opened)) {
        closePipeline();
      }
      view.keepOnly(files);
    }
    Map<Kind, Path> first = new HashMap<>();
    contents.forEach((file, content) -> first.putIfAbsent(file.kind(), view.add(file, content)));
    Pipeline ready = pipeline;
    if (ready == null) {
      try {
        ready = build(files, first);
      } catch (ResourceException | OutOfMemoryError e) {
        throw new UnavailableException(
            "the memory of the worker is too small for '%s': %s"
                .formatted(needs.model(), e.getMessage()),
            e,
            false);
      }
      pipeline = ready;
      opened = files.ofCheckpoint();
    }
    held = needs.model();
    return new RequestContext(
        ready,
        List.of(view.folder(Kind.UPSCALER)),
        List.of(view.folder(Kind.CONTROL)),
        List.of(),
        new References(Map.of()),
        LIMITS,
        false,
        true);
  }

  @Override
  public void probe() {
    supply.retry();
  }

  private Pipeline build(NeededFiles files, Map<Kind, Path> first) {
    CheckpointParts.Builder parts = CheckpointParts.builder().vaeBeside(false).ema(files.ema());
    Optional.ofNullable(files.variant()).ifPresent(parts::variant);
    Optional.ofNullable(files.distilled()).ifPresent(parts::distilled);
    Optional.ofNullable(first.get(Kind.VAE)).ifPresent(parts::vae);
    Optional.ofNullable(first.get(Kind.TEXT_ENCODER)).ifPresent(parts::textEncoder);
    Optional.ofNullable(first.get(Kind.TEXT_ENCODER_2)).ifPresent(parts::textEncoder2);
    Optional.ofNullable(first.get(Kind.TEXT_ENCODER_3)).ifPresent(parts::textEncoder3);
    Pipeline.Builder builder = Pipeline.builder().concurrency(places);
    settings.accept(builder);
    return builder
        .checkpoint(Checkpoint.open(checkpoint(files), parts.build()))
        .loraDirectory(view.folder(Kind.LORA))
        .embeddingDirectory(view.folder(Kind.EMBEDDING))
        .upscalerDirectory(view.folder(Kind.UPSCALER))
        .build();
  }

  /** Returns the file or folder of the checkpoint. */
  private Path checkpoint(NeededFiles files) {
    String name =
        files.files().stream()
            .filter(file -> file.kind() == Kind.CHECKPOINT)
            .map(NeededFile::name)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("the job names no checkpoint"));
    return view.folder(Kind.CHECKPOINT).resolve(name.replaceFirst("/.*", ""));
  }

  private void closePipeline() {
    held = "";
    opened = null;
    if (pipeline != null) {
      pipeline.close();
      pipeline = null;
    }
  }

  @Override
  public synchronized void close() {
    closePipeline();
    try {
      view.close();
    } catch (IOException e) {
      LOG.warn("the links of this worker could not be deleted: {}", e.getMessage());
    }
  }
}
