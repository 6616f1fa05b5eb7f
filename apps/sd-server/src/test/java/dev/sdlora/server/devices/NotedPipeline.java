package dev.sdlora.server.devices;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A device without weights, whose requests end when the test says so. */
final class NotedPipeline implements Pipeline {
  private final Checkpoint checkpoint;
  private final int concurrency;

  final List<String> prompts = new ArrayList<>();
  final List<CompletableFuture<GenerationResult>> requests = new ArrayList<>();
  boolean closed;

  NotedPipeline(Checkpoint checkpoint, int concurrency) {
    this.checkpoint = checkpoint;
    this.concurrency = concurrency;
  }

  /** Ends the latest request. */
  void end() {
    byte[] black = new byte[3 * 8 * 8];
    latest()
        .complete(new GenerationResult(List.of(new GeneratedImage(Image.of(8, 8, black), 1, ""))));
  }

  void fail(RuntimeException failure) {
    latest().completeExceptionally(failure);
  }

  CompletableFuture<GenerationResult> latest() {
    return requests.get(requests.size() - 1);
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    prompts.add(spec.prompt());
    requests.add(new CompletableFuture<>());
    return latest();
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  @Override
  public LoraLibrary loras() {
    return LoraLibrary.open(List.of());
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return EmbeddingLibrary.open(List.of());
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  @Override
  public int liveTensors() {
    return 7;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void close(Duration patience) {
    closed = true;
  }
}
