package dev.sdlora.server.devices;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.server.devices.Places.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that gives each request to one of several pipelines, which have the same checkpoint
 * and settings and differ in their devices. What does not draw is answered by the first. Closing it
 * closes all.
 */
public final class DistributedPipeline implements Pipeline {
  private static final Pattern LORA_TAG = Pattern.compile("<lora:[^<>]{1,300}>");

  private final List<Pipeline> pipelines;
  private final Places places;

  /**
   * Creates a pipeline over others.
   *
   * @throws IllegalArgumentException if there is none, or they would draw different images
   */
  public DistributedPipeline(List<Pipeline> pipelines) {
    this.pipelines = List.copyOf(pipelines);
    if (pipelines.isEmpty()) {
      throw new IllegalArgumentException("there must be at least one pipeline");
    }
    Pipeline first = pipelines.get(0);
    for (Pipeline other : pipelines) {
      if (!other.checkpoint().path().equals(first.checkpoint().path())) {
        throw new IllegalArgumentException(
            "the pipelines must have the same checkpoint, not %s and %s"
                .formatted(first.checkpoint().name(), other.checkpoint().name()));
      }
      if (other.precision() != first.precision()) {
        throw new IllegalArgumentException(
            "the pipelines must have the same precision, not %s and %s; set one instead of AUTO"
                .formatted(first.precision(), other.precision()));
      }
    }
    this.places = new Places(this.pipelines);
  }

  private Pipeline first() {
    return pipelines.get(0);
  }

  @Override
  public Checkpoint checkpoint() {
    return first().checkpoint();
  }

  @Override
  public LoraLibrary loras() {
    return first().loras();
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return first().embeddings();
  }

  @Override
  public List<String> hypernetworks() {
    return first().hypernetworks();
  }

  @Override
  public List<String> detectors() {
    return first().detectors();
  }

  @Override
  public List<Preprocessor> preprocessors() {
    return first().preprocessors();
  }

  @Override
  public Optional<Checkpoint> refiner() {
    return first().refiner();
  }

  @Override
  public List<String> check(PromptSpec spec) {
    return first().check(spec);
  }

  @Override
  public Precision precision() {
    return first().precision();
  }

  @Override
  public String device() {
    return first().device();
  }

  @Override
  public String storage() {
    return first().storage();
  }

  /** Returns the sum of all pipelines. */
  @Override
  public int concurrency() {
    return pipelines.stream().mapToInt(Pipeline::concurrency).sum();
  }

  /** Returns the sum of all pipelines. */
  @Override
  public int liveTensors() {
    return pipelines.stream().mapToInt(Pipeline::liveTensors).sum();
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(listener, "listener");
    Place place = awaitPlace(places.enter(loras(spec)));
    Outcome outcome = Outcome.OTHER;
    try {
      GenerationResult result = place.pipeline.generate(spec, listener);
      outcome = Outcome.GOOD;
      return result;
    } catch (Throwable e) {
      outcome = outcome(e);
      throw e;
    } finally {
      places.leave(place, outcome);
    }
  }

  private static Place awaitPlace(CompletableFuture<Place> place) {
    try {
      return place.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!place.cancel(false)) {
        return place.join(); // Its pipeline sees the interrupt.
      }
      throw new GenerationCancelledException("the generation was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalStateException closed) {
        throw closed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(listener, "listener");
    CompletableFuture<Place> waiting;
    try {
      waiting = places.enter(loras(spec));
    } catch (ResourceException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<GenerationResult> answer = new CompletableFuture<>();
    var unused = answer.whenComplete((result, e) -> waiting.cancel(false));
    var unused2 =
        waiting.whenComplete(
            (place, e) -> {
              if (e == null) {
                begin(place, spec, listener, answer);
              } else {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }

  /** Draws on a device; completion or cancellation of one future ends the other. */
  private void begin(
      Place place,
      PromptSpec spec,
      GenerationListener listener,
      CompletableFuture<GenerationResult> answer) {
    CompletableFuture<GenerationResult> work;
    try {
      if (answer.isDone()) {
        places.leave(place, Outcome.OTHER);
        return;
      }
      work = place.pipeline.generateAsync(spec, listener);
    } catch (Throwable e) {
      places.leave(place, Outcome.OTHER);
      answer.completeExceptionally(e);
      return;
    }
    var unused = answer.whenComplete((result, e) -> work.cancel(false));
    var unused2 =
        work.whenComplete(
            (result, e) -> {
              places.leave(place, outcome(e));
              if (e == null) {
                answer.complete(result);
              } else {
                answer.completeExceptionally(cause(e));
              }
            });
  }

  private static Throwable cause(Throwable e) {
    return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
  }

  /** Failures of the engine and of memory are the device's, others those of the request. */
  private static Outcome outcome(@Nullable Throwable failure) {
    if (failure == null) {
      return Outcome.GOOD;
    }
    Throwable cause = cause(failure);
    boolean ofDevice =
        cause instanceof ResourceException resource
            ? resource.resource() == ResourceException.Resource.MEMORY
            : cause instanceof Error || cause.getClass() == StableDiffusionException.class;
    return ofDevice ? Outcome.DEVICE_FAILED : Outcome.OTHER;
  }

  /** Returns the LoRAs of a request, in an order that does not matter. */
  private static String loras(PromptSpec spec) {
    return LORA_TAG
            .matcher(spec.prompt())
            .results()
            .map(MatchResult::group)
            .sorted()
            .collect(Collectors.joining())
        + spec.loras();
  }

  @Override
  public void close() {
    closeAll(Pipeline::close);
  }

  /** Closes all pipelines, within this time together. */
  @Override
  public void close(Duration patience) {
    long start = System.nanoTime();
    closeAll(pipeline -> pipeline.close(patience.minusNanos(System.nanoTime() - start)));
  }

  /** Closes all, even if one cannot be closed. */
  private void closeAll(Consumer<Pipeline> close) {
    places.close();
    @Nullable RuntimeException failure = null;
    for (Pipeline pipeline : pipelines) {
      try {
        close.accept(pipeline);
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
