package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.GenerationCancelledException;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline in this process. As many threads as generations may run at the same time do all native
 * work; requests start in the order of their arrival. The {@link WeightGate} keeps them from
 * changing weights that others use; nothing else that they share changes.
 */
final class LocalPipeline implements Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPipeline.class);

  private final Model model;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers;
  private volatile boolean closed;

  LocalPipeline(Model model, int concurrency) {
    this.model = model;
    this.workers = Executors.newFixedThreadPool(concurrency, this::thread);
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "sd-lora " + model.checkpoint().name());
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  @Override
  public Checkpoint checkpoint() {
    return model.checkpoint();
  }

  @Override
  public LoraLibrary loras() {
    return model.library();
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return model.embeddings();
  }

  @Override
  public int liveNativeArrays() {
    return closed ? 0 : model.networks().torch().liveArrays();
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
      throw new IllegalStateException("the pipeline is closed");
    }
    refuseListeners();
    Request request = new Request();
    try {
      workers.execute(() -> run(spec, listener, request));
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the pipeline is closed", e);
    }
    return request;
  }

  /** What the caller holds; cancelling it reaches the request where it waits. */
  private final class Request extends CompletableFuture<GenerationResult> {
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      model.gate().wake();
      return cancelled;
    }
  }

  private void run(
      PromptSpec spec, GenerationListener listener, CompletableFuture<GenerationResult> future) {
    if (future.isDone()) {
      return;
    }
    if (closed) {
      future.completeExceptionally(new IllegalStateException("the pipeline is closed"));
      return;
    }
    try {
      listener.generationStart(spec);
      future.complete(
          model
              .shownPaths()
              .in(() -> new Generation(model, spec, listener, future::isCancelled).run()));
    } catch (Throwable e) {
      LOG.debug("generation failed", e);
      try {
        listener.generationFailed(e);
      } catch (RuntimeException failure) {
        e.addSuppressed(failure);
      }
      future.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    refuseListeners();
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    // Requests that wait see the flag and fail; those under way are waited for.
    model.gate().close();
    workers.shutdown();
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        done = workers.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    model.close();
  }

  /** They run on the threads that they would wait for. */
  private void refuseListeners() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException("a listener must not call the pipeline that it listens to");
    }
  }
}
