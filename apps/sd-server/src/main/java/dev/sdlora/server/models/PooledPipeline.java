package dev.sdlora.server.models;

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
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.server.job.WeightsListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline of a checkpoint whose weights a pool loads for the first request and may unload when
 * no request uses them. Other methods take their answers from the first pipeline of the server,
 * which has the same folders; they also work while it is closed. The pool closes the pipelines.
 */
final class PooledPipeline implements Pipeline {
  private final PipelinePool pool;
  private final Slot slot;
  private final Pipeline first;

  PooledPipeline(PipelinePool pool, Slot slot, Pipeline first) {
    this.pool = pool;
    this.slot = slot;
    this.first = first;
  }

  @Override
  public Checkpoint checkpoint() {
    return slot.checkpoint;
  }

  @Override
  public LoraLibrary loras() {
    return first.loras();
  }

  @Override
  public EmbeddingLibrary embeddings() {
    return first.embeddings();
  }

  @Override
  public List<String> hypernetworks() {
    return first.hypernetworks();
  }

  @Override
  public List<String> detectors() {
    return first.detectors();
  }

  @Override
  public List<Preprocessor> preprocessors() {
    return first.preprocessors();
  }

  /** Returns the server's refiner for checkpoints of the family that it was chosen for. */
  @Override
  public Optional<Checkpoint> refiner() {
    return first
        .refiner()
        .filter(refiner -> first.checkpoint().family() == slot.checkpoint.family());
  }

  @Override
  public Precision precision() {
    return first.precision();
  }

  @Override
  public String device() {
    return first.device();
  }

  @Override
  public String storage() {
    return pool.pipeline(slot)
        .map(Pipeline::storage)
        .orElseGet(() -> PipelinePool.storage(slot.checkpoint, first.precision()));
  }

  @Override
  public int concurrency() {
    return first.concurrency();
  }

  @Override
  public int liveTensors() {
    return pool.pipeline(slot).map(Pipeline::liveTensors).orElse(0);
  }

  /** Checks a request if the weights are in memory. */
  @Override
  public List<String> check(PromptSpec spec) {
    Optional<PipelinePool.Lease> now = pool.leaseNow(slot);
    if (now.isEmpty()) {
      return List.of();
    }
    try (PipelinePool.Lease lease = now.get()) {
      return checked(lease.pipeline(), spec);
    }
  }

  /** Checks a request; if it lacks memory, weights that no request uses are unloaded first. */
  private List<String> checked(Pipeline pipeline, PromptSpec spec) {
    try {
      return pipeline.check(spec);
    } catch (ResourceException e) {
      if (e.resource() != ResourceException.Resource.MEMORY || !pool.unloadIdleBut(slot)) {
        throw e;
      }
      return pipeline.check(spec);
    }
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
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public CompletableFuture<GenerationResult> generateAsync(
      PromptSpec spec, GenerationListener listener) {
    CompletableFuture<GenerationResult> answer = new CompletableFuture<>();
    // If other checkpoints are loaded, it may have to wait for memory and check the request.
    pool.requireOpen();
    boolean isAlone = pool.loaded().equals(Set.of(slot));
    Optional<PipelinePool.Lease> now = isAlone ? pool.leaseNow(slot) : Optional.empty();
    if (now.isPresent()) {
      begin(now.get(), spec, listener, answer);
      return answer;
    }
    var unused = answer.whenComplete((result, e) -> pool.wake());
    Thread thread =
        new Thread(
            () -> {
              try {
                long began = System.nanoTime();
                PipelinePool.Lease lease = pool.lease(slot, answer::isDone);
                if (listener instanceof WeightsListener waiting) {
                  waiting.weightsReady(began);
                }
                begin(lease, spec, listener, answer);
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            },
            "sd-lora load " + slot.checkpoint.name());
    thread.setDaemon(true);
    thread.start();
    return answer;
  }

  /** Draws with a lease; completion or cancellation of one future ends the other. */
  private void begin(
      PipelinePool.Lease lease,
      PromptSpec spec,
      GenerationListener listener,
      CompletableFuture<GenerationResult> answer) {
    CompletableFuture<GenerationResult> work;
    try {
      if (answer.isDone()) {
        lease.close();
        return;
      }
      if (pool.loaded().size() > 1) {
        makeRoom(lease.pipeline(), spec);
      }
      work = lease.pipeline().generateAsync(spec, listener);
    } catch (Throwable e) {
      lease.close();
      throw e;
    }
    var unused = answer.whenComplete((result, e) -> work.cancel(false));
    var unused2 =
        work.whenComplete(
            (result, e) -> {
              lease.close();
              end(answer, result, e);
            });
  }

  private void makeRoom(Pipeline pipeline, PromptSpec spec) {
    try {
      List<String> unused = checked(pipeline, spec);
    } catch (RuntimeException e) {
      // Drawing reports it to the listener, too.
    }
  }

  private static void end(
      CompletableFuture<GenerationResult> answer,
      @Nullable GenerationResult result,
      @Nullable Throwable e) {
    if (e == null) {
      answer.complete(result);
    } else {
      answer.completeExceptionally(
          e instanceof CompletionException && e.getCause() != null ? e.getCause() : e);
    }
  }

  /** Does nothing: the pool closes the pipelines. */
  @Override
  public void close() {}

  /** Does nothing: the pool closes the pipelines. */
  @Override
  public void close(Duration patience) {}
}
