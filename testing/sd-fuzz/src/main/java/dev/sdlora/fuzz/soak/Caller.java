package dev.sdlora.fuzz.soak;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** A caller that sends requests to pipelines, one after another, and checks how they end. */
final class Caller {
  /**
   * A request takes a second, or minutes on a busy machine; after this time it counts as hanging.
   */
  private static final int HANG_SECONDS = 1800;

  private final List<Pipeline> pipelines;
  private final FileCorrupter corrupter;
  private final int loras;
  private final Tally tally;
  private final SplittableRandom random;

  Caller(
      List<Pipeline> pipelines,
      FileCorrupter corrupter,
      int loras,
      Tally tally,
      SplittableRandom random) {
    this.pipelines = pipelines;
    this.corrupter = corrupter;
    this.loras = loras;
    this.tally = tally;
    this.random = random;
  }

  /** Sends requests; returns the faults found. */
  List<String> ask(int requests) throws InterruptedException {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      PromptSpec spec = Requests.next(random, loras);
      try {
        tally.add(outcome(spec));
      } catch (ExecutionException e) {
        faults.add("undocumented " + e.getCause() + " of " + spec);
      } catch (TimeoutException e) {
        faults.add("never ends: " + spec);
      }
    }
    return faults;
  }

  private Outcome outcome(PromptSpec spec)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<GenerationResult> future = begin(spec);
    if (random.nextInt(10) == 0) {
      future.cancel(true); // while it waits or has just started
    }
    try {
      await(future);
      return Outcome.DONE;
    } catch (CancellationException e) {
      return Outcome.CANCELLED;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof GenerationCancelledException) {
        return Outcome.CANCELLED;
      }
      if (cause != null && isExpected(cause)) {
        return Outcome.REFUSED;
      }
      throw e;
    }
  }

  /**
   * Waits in steps of one second, so that time in which the whole process was paused does not
   * count.
   */
  private static void await(CompletableFuture<GenerationResult> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (int second = 1; ; second++) {
      try {
        future.get(1, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException e) {
        if (second == HANG_SECONDS) {
          throw e;
        }
      }
    }
  }

  private CompletableFuture<GenerationResult> begin(PromptSpec spec) {
    AtomicReference<CompletableFuture<GenerationResult>> begun = new AtomicReference<>();
    SplittableRandom own = random.split();
    GenerationListener listener =
        Disturbance.random(
            random,
            () -> {
              CompletableFuture<GenerationResult> future = begun.get();
              if (future != null) {
                future.cancel(true);
              }
            },
            () -> corrupter.corrupt(own));
    Pipeline pipeline = pipelines.get(random.nextInt(pipelines.size()));
    CompletableFuture<GenerationResult> future = pipeline.generateAsync(spec, listener);
    begun.set(future);
    return future;
  }

  private static boolean isExpected(Throwable cause) {
    return cause instanceof StableDiffusionException
        || cause.getClass() == IllegalArgumentException.class
        || Disturbance.isOwn(cause);
  }
}
