package dev.sdlora.spring;

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
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Records requests and returns black images; asynchronous requests never end. */
final class NotingPipeline implements Pipeline {
  final List<PromptSpec> specs = Collections.synchronizedList(new ArrayList<>());
  final List<CompletableFuture<GenerationResult>> futures =
      Collections.synchronizedList(new ArrayList<>());
  final List<Duration> closed = Collections.synchronizedList(new ArrayList<>());
  final CountDownLatch closing = new CountDownLatch(1);

  /** Returns the last request. */
  PromptSpec last() {
    return specs.get(specs.size() - 1);
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    specs.add(spec);
    long seed = spec.seed().orElse(7);
    List<GeneratedImage> images =
        IntStream.range(0, spec.images())
            .mapToObj(
                i ->
                    new GeneratedImage(
                        Image.of(8, 8, new byte[8 * 8 * 3]), seed + i, spec.prompt()))
            .toList();
    return new GenerationResult(
        images,
        List.of(),
        List.of("mind the paint"),
        Duration.ZERO,
        Optional.empty(),
        Precision.FLOAT32);
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    specs.add(spec);
    CompletableFuture<GenerationResult> future = new CompletableFuture<>();
    futures.add(future);
    return future;
  }

  @Override
  public void close() {
    close(Duration.ofDays(1));
  }

  @Override
  public void close(Duration patience) {
    closed.add(patience);
    closing.countDown();
  }

  @Override
  public Checkpoint checkpoint() {
    return new CheckpointBuilder(Path.of("models", "paint.safetensors"), ModelFamily.SD1).build();
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
    return 3;
  }
}
