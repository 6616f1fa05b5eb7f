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
 * A pipeline that is built when it is needed first, by one of those that need it while the others
 * wait. If that fails, the next one tries again. It counts what it is asked for.
 */
final class LazyPipeline implements Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(LazyPipeline.class);

  /** How far the model is. */
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

  // Guarded by this object's monitor, which nobody holds for long.
  private State state = State.NOT_LOADED;
  private @Nullable Pipeline built;
  private @Nullable Throwable failure;
  private @Nullable Long deadline;

  /**
   * A pipeline to be built.
   *
   * @param builder called again after it has thrown
   * @param concurrency what its pipelines will have
   */
  LazyPipeline(Supplier<Pipeline> builder, int concurrency) {
    this.builder = builder;
    this.concurrency = concurrency;
  }

  /** How far the model is. */
  synchronized State state() {
    return state;
  }

  /** Why the last attempt to build it failed; null if it did not. */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** The pipeline if it is there, without building it; null if it is not. */
  synchronized @Nullable Pipeline builtOrNull() {
    return built;
  }

  RequestCounts counts() {
    return counts;
  }

  /** Builds the pipeline, unless it is there. */
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
          "the request was cancelled while it waited for the model to be loaded");
    }
    try {
      Pipeline other = begin();
      return other == null ? build() : other;
    } finally {
      building.unlock();
    }
  }

  /** What somebody else has built meanwhile, or null. */
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
      throw new IllegalStateException("the pipeline was closed while it was loaded");
    }
    LOG.info(
        "{} is loaded in {}, after {} ms",
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

  /** Builds the pipeline on a thread of its own; what goes wrong is logged, and told by health. */
  void loadInBackground() {
    onThread(
        () -> {
          try {
            load();
          } catch (RuntimeException e) {
            LOG.warn("the model could not be loaded: {}", e.getMessage());
          }
        });
  }

  private static void onThread(Runnable work) {
    Thread thread = new Thread(work, "sd-lora spring");
    thread.setDaemon(true);
    thread.start();
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

  /** Each of the two ends with the other. */
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
  public Optional<Checkpoint> refiner() {
    return load().refiner();
  }

  @Override
  public Precision precision() {
    return load().precision();
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  /** None before the pipeline is built. */
  @Override
  public int liveTensors() {
    Pipeline ready = builtOrNull();
    return ready == null ? 0 : ready.liveTensors();
  }

  /**
   * Begins the end: requests go on, and others may come, until {@link #close()} or for some time;
   * then what still draws is cancelled.
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

  /** Waits for requests under way, after {@link #endWithin} until its time is over. */
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

  /** A model that is being loaded is not waited for: the one who loads it gives it back. */
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
