package dev.sdlora.pipeline;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationCancelledException;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline in this process. One thread does all native work, so requests run one at a time in the
 * order of their arrival, and nothing else needs a lock.
 */
final class LocalPipeline implements Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPipeline.class);

  private final Model model;
  private final ExecutorService worker = Executors.newSingleThreadExecutor(this::thread);
  private volatile @Nullable Thread workerThread;
  private volatile boolean closed;

  LocalPipeline(Model model) {
    this.model = model;
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "sd-lora " + model.checkpoint().name());
    thread.setDaemon(true);
    workerThread = thread;
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
    if (closed) {
      throw new IllegalStateException("the pipeline is closed");
    }
    refuseListeners();
    CompletableFuture<GenerationResult> future = new CompletableFuture<>();
    try {
      worker.execute(() -> run(spec, listener, future));
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the pipeline is closed", e);
    }
    return future;
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
      GenerationResult result = new Generation(model, spec, listener, future::isCancelled).run();
      listener.generationEnd(result);
      future.complete(result);
    } catch (Throwable e) {
      fail(listener, e);
      future.completeExceptionally(e);
    }
  }

  private void fail(GenerationListener listener, Throwable cause) {
    LOG.debug("generation failed", cause);
    try {
      model.patcher().restore();
    } catch (RuntimeException e) {
      // The weights count as unknown from here, and the next request restores them or fails.
      LOG.warn("weights could not be restored", e);
      cause.addSuppressed(e);
    }
    try {
      listener.generationFailed(cause);
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
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
    // Requests that wait see the flag and fail; the one under way is waited for.
    Future<?> freed = worker.submit(model::close);
    worker.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        freed.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException("native memory could not be freed", e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** They run on the thread that they would wait for. */
  private void refuseListeners() {
    if (Thread.currentThread() == workerThread) {
      throw new IllegalStateException("a listener must not call the pipeline that it listens to");
    }
  }
}
