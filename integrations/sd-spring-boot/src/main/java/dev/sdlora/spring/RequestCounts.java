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

/** How many requests there are and were. Safe for several threads. */
final class RequestCounts {
  /** How a request can end. */
  enum Outcome {
    DONE,
    FAILED,
    CANCELLED;

    /** As metrics have it. */
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

  /** Requests that wait or draw. */
  int unfinished() {
    return unfinished.get();
  }

  /** Images that were drawn. */
  long images() {
    return images.sum();
  }

  /** Requests that have ended so. */
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

  /** One more. */
  Request begin() {
    unfinished.incrementAndGet();
    return new Request();
  }

  /** One request, of which the first end counts. */
  final class Request {
    private final AtomicBoolean over = new AtomicBoolean();

    private Request() {}

    /** It has drawn. */
    void end(int pictures) {
      if (end(Outcome.DONE)) {
        images.add(pictures);
      }
    }

    /** It has drawn nothing. */
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
