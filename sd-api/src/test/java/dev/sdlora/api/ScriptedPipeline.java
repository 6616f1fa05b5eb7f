package dev.sdlora.api;

import dev.sdlora.api.image.Image;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A pipeline whose requests advance only when a test says so. */
final class ScriptedPipeline implements Pipeline {
  static final GeneratedImage IMAGE =
      new GeneratedImage(Image.of(8, 8, new byte[3 * 8 * 8]), 1, "");

  final List<Request> requests = new ArrayList<>();
  boolean closed;

  /** A request, with methods by which the test advances it. */
  record Request(
      PromptSpec spec, GenerationListener listener, CompletableFuture<GenerationResult> future) {
    void begin() {
      listener.generationStart(spec);
      listener.lorasStart();
      listener.lorasEnd();
      listener.conditioningStart();
      listener.conditioningEnd();
    }

    void step(int number) {
      GenerationListener.Step step = new GenerationListener.Step(0, number, 4, 1.0 / number);
      listener.stepEnd(step, IMAGE::image);
    }

    void image(int index) {
      listener.imageEnd(index, IMAGE);
    }

    void end() {
      GenerationResult result = new GenerationResult(List.of(IMAGE));
      listener.generationEnd(result);
      future.complete(result);
    }
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    if (closed) {
      throw new IllegalStateException("the pipeline is closed");
    }
    Request request = new Request(spec, listener, new CompletableFuture<>());
    requests.add(request);
    return request.future;
  }

  @Override
  public Checkpoint checkpoint() {
    throw new UnsupportedOperationException();
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
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
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
  public void close() {
    closed = true;
  }

  @Override
  public void close(Duration patience) {
    closed = true;
  }
}
