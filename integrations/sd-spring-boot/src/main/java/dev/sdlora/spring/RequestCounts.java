package dev.sdlora.spring;

import dev.sdlora.api.error.GenerationCancelledException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts running and finished requests. Thread-safe. */
final class RequestCounts {
  /** The outcome of a request. */
  enum Outcome {
    DONE,
    FAILED,
    CANCELLED;

    /** Returns the value for the metrics. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final AtomicInteger unfinished = new AtomicInteger();
  private final LongAdder images = new LongAdder();
  private final Map<Outcome, LongAdder> ended = new EnumMap<>(Outcome.class);

  RequestCounts() {
    for (Outcome outcome : Outcome.values()) {
      ended.put(outcome, new LongAdder());
    }
  }

  /** Returns the number of running and queued requests. */
  int unfinished() {
    return unfinished.get();
  }

  /** Returns the number of generated images. */
  long images() {
    return images.sum();
  }

  /** Returns the number of requests that ended with an outcome. */
  long ended(Outcome outcome) {
    return count(outcome).sum();
  }

  private LongAdder count(Outcome outcome) {
    LongAdder count = ended.get(outcome);
    if (count == null) {
      throw new IllegalStateException("not counted: " + outcome);
    }
    return count;
  }

  /** Counts a new request. */
  Request begin() {
    unfinished.incrementAndGet();
    return new Request();
  }

  /** One request; only its first outcome counts. */
  final class Request {
    private final AtomicBoolean over = new AtomicBoolean();

    private Request() {}

    /** Records success. */
    void end(int count) {
      if (end(Outcome.DONE)) {
        images.add(count);
      }
    }

    /** Records a failure or cancellation. */
    void end(@Nullable Throwable cause) {
      boolean cancelled =
          cause instanceof GenerationCancelledException || cause instanceof CancellationException;
      end(cancelled ? Outcome.CANCELLED : Outcome.FAILED);
    }

    private boolean end(Outcome outcome) {
      boolean first = over.compareAndSet(false, true);
      if (first) {
        unfinished.decrementAndGet();
        count(outcome).increment();
      }
      return first;
    }
  }
}
