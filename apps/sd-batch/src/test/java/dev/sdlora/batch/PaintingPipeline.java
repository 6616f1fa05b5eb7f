package dev.sdlora.batch;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.image.Image;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Paints images whose pixels are the hash of the request, and logs its calls. */
final class PaintingPipeline implements Pipeline {
  private final Checkpoint checkpoint;
  private final List<String> diary;

  PaintingPipeline(Checkpoint checkpoint, List<String> diary) {
    this.checkpoint = checkpoint;
    this.diary = diary;
    diary.add("load " + checkpoint.name());
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    diary.add("draw " + spec.prompt());
    listener.stepEnd(new GenerationListener.Step(0, 1, 2, 1), () -> Image.of(8, 8, new byte[192]));
    if (spec.prompt().contains("cancel")) {
      throw new GenerationCancelledException("cancelled");
    }
    if (spec.prompt().contains("impossible")) {
      throw new IllegalArgumentException("nobody can draw that");
    }
    byte[] rgb = new byte[8 * 8 * 3];
    Arrays.fill(rgb, (byte) spec.hashCode());
    GeneratedImage image =
        new GeneratedImage(
            Image.of(8, 8, rgb), spec.seed().orElseThrow(), spec.prompt() + "\nSteps: 1");
    return new GenerationResult(List.of(image));
  }

  @Override
  public void close() {
    diary.add("close " + checkpoint.name());
  }

  @Override
  public void close(Duration patience) {
    close();
  }

  @Override
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  @Override
  public LoraLibrary loras() {
    throw new UnsupportedOperationException();
  }

  @Override
  public EmbeddingLibrary embeddings() {
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
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    throw new UnsupportedOperationException();
  }
}
