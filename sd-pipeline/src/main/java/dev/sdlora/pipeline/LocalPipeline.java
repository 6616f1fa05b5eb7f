package dev.sdlora.pipeline;

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
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.pipeline.generation.Failures;
import dev.sdlora.pipeline.generation.Generation;
import dev.sdlora.pipeline.lora.WeightGate;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.model.Refiner;
import dev.sdlora.pipeline.request.PlanWarnings;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline in this process. All native work runs on worker threads, one for each concurrent
 * generation; requests start in order of arrival. The {@link WeightGate} prevents requests from
 * changing weights in use by others; the rest of the shared state is immutable.
 *
 * <p>Futures are completed on separate threads, because dependent actions may wait for another
 * request of this pipeline.
 */
final class LocalPipeline implements Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPipeline.class);

  private final Model model;
  private final int concurrency;
  private final List<Path> preprocessors;
  private final int maxQueued;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final Set<Work> running = ConcurrentHashMap.newKeySet();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final ThreadPoolExecutor workers;
  private final ThreadPoolExecutor completers;
  private volatile boolean closed;
  private volatile boolean cancelling;
  private boolean freed;
  private Optional<Thread> shutdownHook = Optional.empty();

  LocalPipeline(Model model, int concurrency, List<Path> preprocessors) {
    this.model = model;
    this.concurrency = concurrency;
    this.preprocessors = preprocessors;
    this.maxQueued = model.settings().limits().maxQueued();
    this.workers =
        new ThreadPoolExecutor(
            concurrency,
            concurrency,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = thread(task, "");
              threads.add(thread);
              return thread;
            });
    // One thread for each future whose dependent actions take time.
    this.completers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> thread(task, " done"));
  }

  /** Registers a shutdown hook that cancels running requests and closes this pipeline. */
  void closeOnShutdown() {
    Thread hook = new Thread(this::closeNow, "sd-lora shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    shutdownHook = Optional.of(hook);
  }

  /** Returns the state shared by all requests. */
  public Model model() {
    return model;
  }

  private Thread thread(Runnable task, String suffix) {
    Thread thread = new Thread(task, "sd-lora " + model.checkpoint().name() + suffix);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public Checkpoint checkpoint() {
    return model.checkpoint();
  }

  @Override
  public LoraLibrary loras() {
    return model.loras().library();
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return model.texts().embeddings();
  }

  @Override
  public List<String> hypernetworks() {
    return model.auxiliary().hypernetworks().names();
  }

  @Override
  public List<String> detectors() {
    return model.auxiliary().detectors().names();
  }

  @Override
  public List<Preprocessor> preprocessors() {
    return Preprocessor.available(preprocessors);
  }

  @Override
  public Optional<Checkpoint> refiner() {
    return model.refiner().map(Refiner::checkpoint);
  }

  @Override
  public Precision precision() {
    return model.networks().precision();
  }

  @Override
  public String device() {
    return model.networks().torch().device();
  }

  @Override
  public String storage() {
    return model.networks().formats().storage(model.networks().denoiser().weights());
  }

  @Override
  public int concurrency() {
    return concurrency;
  }

  @Override
  public int liveTensors() {
    return closed ? 0 : model.networks().torch().liveArrays();
  }

  @Override
  public List<String> check(PromptSpec spec) {
    Objects.requireNonNull(spec, "spec");
    if (closed) {
      throw isClosed();
    }
    return model.pathRedactor().redact(() -> PlanWarnings.of(checked(spec)));
  }

  private RequestPlan checked(PromptSpec spec) {
    RequestPlan plan = RequestPlan.resolve(model, spec);
    for (RequestPart part : plan.parts()) {
      // Whether its listener will take the images is not known yet.
      model
          .memory()
          .budget()
          .require(part.need(model, false), Failures.numbers(spec, Optional.of(plan.size())));
    }
    return plan;
  }

  @Override
  public GenerationResult generate(PromptSpec spec, GenerationListener listener) {
    CompletableFuture<GenerationResult> future = generateAsync(spec, listener);
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(false);
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("the generation was interrupted");
    } catch (CancellationException e) {
      throw new GenerationCancelledException("the generation was cancelled");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      if (cause instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(cause);
    }
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(listener, "listener");
    if (closed) {
      throw isClosed();
    }
    refuseListeners();
    if (unfinished.incrementAndGet() > (long) concurrency + maxQueued) {
      unfinished.decrementAndGet();
      return CompletableFuture.failedFuture(
          new ResourceException(
              Resource.QUEUE,
              "the queue is full: %s requests are waiting (maxQueued)".formatted(maxQueued),
              maxQueued + 1L,
              maxQueued));
    }
    Work work = new Work(spec, listener);
    try {
      workers.execute(work);
    } catch (RejectedExecutionException e) {
      work.leave();
      throw isClosed();
    } catch (Throwable e) {
      // For example, there was no memory for a thread.
      workers.remove(work);
      work.leave();
      throw e;
    }
    return work.request;
  }

  private static IllegalStateException isClosed() {
    return new IllegalStateException("the pipeline is closed");
  }

  /** A waiting or running request. */
  private final class Work implements Runnable {
    private final PromptSpec spec;
    private final Callbacks callbacks;
    private final Request request;
    private boolean left;

    Work(PromptSpec spec, GenerationListener listener) {
      this.spec = spec;
      this.callbacks = new Callbacks(listener);
      this.request = Request.of(this::stop);
    }

    /** Removes a cancelled request from the queue, or ends it at the next step. */
    private void stop() {
      if (workers.remove(this)) {
        leave();
      }
      wake();
    }

    /** Frees the place of this request in the queue. */
    private synchronized void leave() {
      if (!left) {
        left = true;
        unfinished.decrementAndGet();
      }
    }

    private boolean isStopped() {
      return cancelling || request.isStopped();
    }

    @Override
    public void run() {
      GenerationResult result = null;
      Throwable failure = null;
      running.add(this);
      try {
        if (!request.isStopped()) {
          result = generate();
        }
      } catch (Throwable e) {
        failure = e;
      }
      running.remove(this);
      end(result, failure);
    }

    private GenerationResult generate() throws Throwable {
      if (closed) {
        throw isClosed();
      }
      GenerationListener watched = callbacks.watched();
      try {
        watched.generationStart(spec);
        return model
            .pathRedactor()
            .redact(
                () ->
                    CurrentWork.until(
                        this::isStopped,
                        () ->
                            Generation.run(
                                RequestPlan.resolve(model, spec), watched, this::isStopped)));
      } catch (Throwable e) {
        Throwable failure = callbacks.thrownBehind(e).orElseGet(() -> Failures.of(e, spec));
        LOG.debug("generation failed", failure);
        report(watched, failure);
        throw failure;
      }
    }

    private void report(GenerationListener listener, Throwable failure) {
      try {
        listener.generationFailed(failure);
      } catch (Throwable e) {
        Throwable second = callbacks.thrownBehind(e).orElse(e);
        if (second != failure) {
          failure.addSuppressed(second);
        }
      }
    }

    /** Completes the future in any case. */
    private void end(@Nullable GenerationResult result, @Nullable Throwable failure) {
      leave();
      try {
        completers.execute(() -> request.finish(result, failure));
      } catch (Throwable e) {
        // There was no memory for a thread.
        request.finish(result, failure);
      }
    }
  }

  private void wake() {
    model.loras().gate().wake();
    model.memory().budget().wake();
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(Long.MAX_VALUE));
  }

  @Override
  public void close(Duration patience) {
    refuseListeners();
    closed = true;
    // Waiting requests fail; running ones are waited for.
    model.loras().gate().close();
    model.memory().budget().close();
    workers.shutdown();
    for (Runnable queued = workers.getQueue().poll();
        queued != null;
        queued = workers.getQueue().poll()) {
      ((Work) queued).end(null, isClosed());
    }
    boolean interrupted = await(TimeUnit.NANOSECONDS.convert(patience));
    if (!workers.isTerminated()) {
      cancelling = true;
      wake();
      running.forEach(work -> work.callbacks.interrupt());
      interrupted |= await(Long.MAX_VALUE);
    }
    free();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the work to end and returns whether this thread was interrupted meanwhile. */
  private boolean await(long nanos) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2);
    while (true) {
      try {
        // The workers have terminated, or the time limit is over.
        if (workers.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
            || nanos < Long.MAX_VALUE) {
          return interrupted;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private synchronized void free() {
    if (!freed) {
      freed = true;
      completers.shutdown();
      model.close();
      shutdownHook.ifPresent(LocalPipeline::forget);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM is ending", e);
    }
  }

  /** Throws if called by a listener: it runs on a worker thread and would wait for itself. */
  private void refuseListeners() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException("a listener must not call its own pipeline");
    }
  }
}
