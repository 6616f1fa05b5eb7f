package dev.sdlora.api;

import dev.sdlora.api.image.Image;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Connects one request to its subscriber by the rules of Reactive Streams. Events arrive on the
 * generating thread, which never waits for the subscriber. They are delivered on a separate thread,
 * which exists only while there are signals, so subscribers may block, call the pipeline, and close
 * it.
 */
final class GenerationSubscription implements Flow.Subscription {
  private final Pipeline pipeline;
  private final PromptSpec spec;
  private final PendingEvents pending = new PendingEvents();
  private Flow.@Nullable Subscriber<? super GenerationEvent> subscriber;
  private @Nullable CompletableFuture<GenerationResult> request;
  private boolean requested;
  private @Nullable Throwable failure;
  private boolean finished;

  /**
   * Whether a thread is delivering signals; only one may do so at a time. Subscribing is the first
   * signal.
   */
  private boolean signalling = true;

  GenerationSubscription(
      Pipeline pipeline, PromptSpec spec, Flow.Subscriber<? super GenerationEvent> subscriber) {
    this.pipeline = pipeline;
    this.spec = spec;
    this.subscriber = subscriber;
  }

  void begin() {
    Flow.Subscriber<? super GenerationEvent> receiver = subscriber;
    try {
      if (receiver != null) {
        receiver.onSubscribe(this);
      }
    } catch (Throwable e) {
      cancel();
      throw e;
    }
    synchronized (this) {
      signalling = false;
    }
    signal();
  }

  @Override
  public void request(long events) {
    boolean begins = false;
    boolean wrong = events <= 0;
    synchronized (this) {
      if (subscriber == null) {
        return;
      }
      if (!wrong) {
        pending.request(events);
        begins = !requested && !finished;
        requested = true;
      } else if (failure == null) {
        pending.clear();
        fail(new IllegalArgumentException("requested must be at least 1: " + events));
      }
    }
    if (wrong) {
      stop();
    }
    if (begins) {
      start();
    }
    signal();
  }

  @Override
  public void cancel() {
    synchronized (this) {
      subscriber = null;
      pending.clear();
    }
    stop();
  }

  /** Cancels the request, which ends within one step or leaves the queue. */
  private void stop() {
    CompletableFuture<GenerationResult> stopped;
    synchronized (this) {
      stopped = request;
    }
    if (stopped != null) {
      stopped.cancel(false);
    }
  }

  private void start() {
    add(() -> GenerationEvent.Milestone.QUEUED);
    try {
      CompletableFuture<GenerationResult> future = pipeline.generateAsync(spec, listener());
      boolean unwanted;
      synchronized (this) {
        request = future;
        unwanted = subscriber == null || finished;
      }
      var unused = future.whenComplete(this::end);
      if (unwanted) {
        future.cancel(false);
      }
    } catch (Throwable e) {
      end(null, e);
    }
  }

  private void end(@Nullable GenerationResult result, @Nullable Throwable thrown) {
    synchronized (this) {
      if (finished || subscriber == null) {
        return;
      }
      if (result != null) {
        pending.add(new GenerationEvent.ResultReady(result));
        finished = true;
      } else {
        pending.keepImages();
        fail(
            thrown instanceof CompletionException && thrown.getCause() != null
                ? thrown.getCause()
                : thrown);
      }
    }
    signal();
  }

  /** Requires the lock. */
  private void fail(@Nullable Throwable thrown) {
    failure = thrown == null ? new IllegalStateException("the request has no result") : thrown;
    finished = true;
  }

  private void add(Supplier<GenerationEvent> event) {
    synchronized (this) {
      if (finished || subscriber == null) {
        return;
      }
      pending.add(event.get());
    }
    signal();
  }

  private GenerationListener listener() {
    return new GenerationListener() {
      @Override
      public void generationStart(PromptSpec started) {
        add(() -> GenerationEvent.Milestone.STARTED);
      }

      @Override
      public void lorasEnd() {
        add(() -> GenerationEvent.Milestone.LORAS_APPLIED);
      }

      @Override
      public void conditioningEnd() {
        add(() -> GenerationEvent.Milestone.PROMPTS_ENCODED);
      }

      @Override
      public void stepEnd(Step step, Supplier<Image> preview) {
        GenerationEvent.StepDone done = GenerationSubscription.this.step(step, preview);
        add(() -> done);
      }

      @Override
      public void imageEnd(int index, GeneratedImage image) {
        add(() -> new GenerationEvent.ImageDone(index, image));
      }
    };
  }

  /** Includes the preview, which takes time, only if the subscriber keeps up. */
  private GenerationEvent.StepDone step(GenerationListener.Step step, Supplier<Image> preview) {
    boolean wanted;
    synchronized (this) {
      wanted = subscriber != null && pending.isNextRequested();
    }
    return new GenerationEvent.StepDone(
        step.image(),
        step.number(),
        step.total(),
        step.sigma(),
        wanted ? Optional.of(preview.get()) : Optional.empty());
  }

  /** Ensures that a thread delivers the pending signals. */
  private void signal() {
    synchronized (this) {
      if (signalling || !hasSignal()) {
        return;
      }
      signalling = true;
    }
    try {
      Thread thread = new Thread(this::deliverAll, "sd-lora stream");
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable e) {
      synchronized (this) {
        signalling = false;
      }
      throw e;
    }
  }

  /** Requires the lock. */
  private boolean hasSignal() {
    return subscriber != null && (pending.hasNext() || (finished && pending.isEmpty()));
  }

  private void deliverAll() {
    try {
      while (deliver()) {
        // Delivers one signal at a time.
      }
    } catch (Throwable e) {
      // A subscriber that throws has cancelled; its error goes to the thread's exception handler.
      cancel();
      throw e;
    }
  }

  /** Delivers one signal, if any is pending. */
  private boolean deliver() {
    Flow.Subscriber<? super GenerationEvent> receiver;
    GenerationEvent event;
    Throwable error;
    synchronized (this) {
      if (!hasSignal()) {
        signalling = false;
        return false;
      }
      receiver = Objects.requireNonNull(subscriber);
      event = pending.poll();
      error = failure;
      if (event == null) {
        subscriber = null;
      }
    }
    if (event != null) {
      receiver.onNext(event);
    } else if (error != null) {
      receiver.onError(error);
    } else {
      receiver.onComplete();
    }
    return true;
  }
}
