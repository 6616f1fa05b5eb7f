package dev.sdlora.server.models;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A pipeline without weights, which draws nothing. */
record NoPipeline(Checkpoint checkpoint) implements Pipeline {
  @Override
  public LoraLibrary loras() {
    return LoraLibrary.open(List.of());
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return EmbeddingLibrary.open(List.of());
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    throw new UnsupportedOperationException();
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
    return 1;
  }

  @Override
  public int liveTensors() {
    return 0;
  }

  @Override
  public void close() {}

  @Override
  public void close(Duration patience) {}
}
