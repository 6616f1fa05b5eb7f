package dev.sdlora.spring;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.image.Preprocessor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline that is built on first use. One caller builds it while others wait; after a failure,
 * the next caller tries again. Counts requests for the metrics.
 */
final class LazyPipeline implements Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(LazyPipeline.class);

  /** The state of the model. */
  enum State {
    NOT_LOADED,
    LOADING,
    READY,
    FAILED,
    CLOSED
  }

  private final Supplier<Pipeline> builder;
  private final int concurrency;
  private final RequestCounts counts = new RequestCounts();

  /** Held while the pipeline is built. */
  private final ReentrantLock building = new ReentrantLock();

  private final CountDownLatch closing = new CountDownLatch(1);

  // Guarded by this object's monitor, which is only held briefly.
  private State state = State.NOT_LOADED;
  private @Nullable Pipeline built;
  private @Nullable Throwable failure;
  private @Nullable Long deadline;

  /**
   * Creates a pipeline that is not built yet.
   *
   * @param builder builds the pipeline; called again after a failure
   * @param concurrency the concurrency of the built pipeline
   */
  LazyPipeline(Supplier<Pipeline> builder, int concurrency) {
    this.builder = builder;
    this.concurrency = concurrency;
  }

  /** Returns the state of the model. */
  synchronized State state() {
    return state;
  }

  /** Returns the failure of the last attempt to build the pipeline, or null. */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Returns the pipeline if it is built, otherwise null. */
  synchronized @Nullable Pipeline builtOrNull() {
    return built;
  }

  RequestCounts counts() {
    return counts;
  }

  /** Returns the pipeline; builds it if needed. */
  Pipeline load() {
    Pipeline ready = builtOrNull();
    if (ready != null) {
      return ready;
    }
    try {
      building.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException(
          "the request was cancelled while waiting for the model to load");
    }
    try {
      Pipeline other = begin();
      return other == null ? build() : other;
    } finally {
      building.unlock();
    }
  }

  /** Returns the pipeline if another thread has built it meanwhile, or null. */
  private synchronized @Nullable Pipeline begin() {
    requireOpen();
    if (built == null) {
      state = State.LOADING;
    }
    return built;
  }

  private void requireOpen() {
    if (state == State.CLOSED) {
      throw new IllegalStateException("the pipeline is closed");
    }
  }

  private Pipeline build() {
    long start = System.nanoTime();
    Pipeline pipeline;
    try {
      pipeline = builder.get();
    } catch (Throwable e) {
      failed(e);
      throw e;
    }
    if (!keep(pipeline)) {
      pipeline.close();
      throw new IllegalStateException("the pipeline was closed while the model was loading");
    }
    LOG.info(
        "loaded {} in {}, took {} ms",
        pipeline.checkpoint().name(),
        pipeline.precision(),
        (System.nanoTime() - start) / 1_000_000);
    return pipeline;
  }

  private synchronized void failed(Throwable e) {
    failure = e;
    if (state != State.CLOSED) {
      state = State.FAILED;
    }
  }

  private synchronized boolean keep(Pipeline pipeline) {
    if (state == State.CLOSED) {
      return false;
    }
    built = pipeline;
    failure = null;
    state = State.READY;
    return true;
  }

  /** Builds the pipeline on a new thread; failures are logged and shown by the health indicator. */
  void loadInBackground() {
    onThread(
        () -> {
          try {
            load();
          } catch (RuntimeException e) {
            LOG.warn("cannot load the model: {}", e.getMessage());
          }
        });
  }

  private static void onThread(Runnable work) {
    Thread thread = new Thread(work, "sd-lora spring");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public List<String> check(PromptSpec spec) {
    return load().check(spec);
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    RequestCounts.Request request = counts.begin();
    try {
      GenerationResult result = load().generate(spec, listener);
      request.end(spec.images());
      return result;
    } catch (Throwable e) {
      request.end(e);
      throw e;
    }
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    synchronized (this) {
      requireOpen();
    }
    RequestCounts.Request request = counts.begin();
    CompletableFuture<GenerationResult> answer = new CompletableFuture<>();
    var unused =
        answer.whenComplete(
            (result, e) -> {
              if (e == null) {
                request.end(spec.images());
              } else {
                request.end(e);
              }
            });
    Pipeline ready = builtOrNull();
    if (ready != null) {
      join(ready, spec, listener, answer);
    } else {
      onThread(
          () -> {
            try {
              join(load(), spec, listener, answer);
            } catch (Throwable e) {
              answer.completeExceptionally(e);
            }
          });
    }
    return answer;
  }

  /** Links the two futures: completion or cancellation of one ends the other. */
  private static void join(
      Pipeline pipeline,
      PromptSpec spec,
      GenerationListener listener,
      CompletableFuture<GenerationResult> answer) {
    if (answer.isDone()) {
      return;
    }
    CompletableFuture<GenerationResult> work = pipeline.generateAsync(spec, listener);
    var unused = answer.whenComplete((result, e) -> work.cancel(false));
    var unused2 =
        work.whenComplete(
            (result, e) -> {
              if (e == null) {
                answer.complete(result);
              } else {
                answer.completeExceptionally(
                    e instanceof CompletionException && e.getCause() != null ? e.getCause() : e);
              }
            });
  }

  @Override
  public Checkpoint checkpoint() {
    return load().checkpoint();
  }

  @Override
  public LoraLibrary loras() {
    return load().loras();
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return load().embeddings();
  }

  @Override
  public List<String> hypernetworks() {
    return load().hypernetworks();
  }

  @Override
  public List<String> detectors() {
    return load().detectors();
  }

  @Override
  public List<Preprocessor> preprocessors() {
    return load().preprocessors();
  }

  @Override
  public Optional<Checkpoint> refiner() {
    return load().refiner();
  }

  @Override
  public Precision precision() {
    return load().precision();
  }

  @Override
  public String device() {
    return load().device();
  }

  @Override
  public String storage() {
    return load().storage();
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  /** Returns 0 until the pipeline is built. */
  @Override
  public int liveTensors() {
    Pipeline ready = builtOrNull();
    return ready == null ? 0 : ready.liveTensors();
  }

  /**
   * Starts a graceful shutdown: requests continue and new ones are accepted until {@link #close()}
   * or the end of the given time, then running requests are cancelled.
   */
  void endWithin(Duration patience) {
    synchronized (this) {
      if (deadline != null || state == State.CLOSED) {
        return;
      }
      deadline = System.nanoTime() + patience.toNanos();
    }
    onThread(
        () -> {
          try {
            if (!closing.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
              closeNow();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Waits for running requests; after {@link #endWithin}, at most until its time is over. */
  @Override
  public void close() {
    Long end;
    synchronized (this) {
      end = deadline;
    }
    if (end != null) {
      close(Duration.ofNanos(end - System.nanoTime()));
    } else {
      Pipeline ready = shut();
      if (ready != null) {
        ready.close();
      }
    }
  }

  /** Does not wait for a model that is being loaded; the loading thread closes it. */
  @Override
  public void close(Duration patience) {
    Pipeline ready = shut();
    if (ready != null) {
      ready.close(patience);
    }
  }

  private synchronized @Nullable Pipeline shut() {
    state = State.CLOSED;
    closing.countDown();
    return built;
  }
}
