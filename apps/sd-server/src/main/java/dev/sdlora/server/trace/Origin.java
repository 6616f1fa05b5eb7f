package dev.sdlora.server.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The HTTP request that work belongs to. Log lines of a thread that has {@linkplain #enter entered}
 * an origin have its id as {@code request}, the job as {@code job}, and its trace as {@code
 * trace_id} (SLF4J's MDC).
 *
 * @param request the id of the request; empty if no request caused the work
 * @param span the span of the request; invalid if it is not traced
 */
public record Origin(Optional<String> request, SpanContext span) {
  /** No request. */
  public static final Origin NONE = new Origin(Optional.empty(), SpanContext.getInvalid());

  private static final ThreadLocal<Origin> CURRENT = ThreadLocal.withInitial(() -> NONE);
  private static final TextMapGetter<String> PARENT =
      (parent, name) -> name.equals("traceparent") ? parent : null;
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  /** Ends the part of a thread that {@link #enter} began; closed by the same thread. */
  public interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** Returns the origin of what this thread does now. */
  public static Origin current() {
    return CURRENT.get();
  }

  /** Returns the context for spans below this origin. */
  public Context context() {
    return span.isValid() ? Context.root().with(Span.wrap(span)) : Context.root();
  }

  /** Marks what this thread does until the scope is closed. */
  public Scope enter() {
    return enter(Optional.empty());
  }

  /** Marks what this thread does for a job until the scope is closed. */
  public Scope enter(Optional<String> job) {
    Origin before = CURRENT.get();
    Map<String, Optional<String>> names =
        Map.of(
            "request",
            request,
            "job",
            job,
            "trace_id",
            span.isValid() ? Optional.of(span.getTraceId()) : Optional.empty());
    Map<String, @Nullable String> former = new HashMap<>();
    names.forEach(
        (name, value) ->
            value.ifPresent(
                text -> {
                  former.put(name, MDC.get(name));
                  MDC.put(name, text);
                }));
    CURRENT.set(this);
    return () -> {
      CURRENT.set(before);
      former.forEach(Origin::restore);
    };
  }

  /** Runs work of this origin on this thread. */
  public <T> T within(Supplier<T> work) {
    Scope entered = enter();
    try {
      return work.get();
    } finally {
      entered.close();
    }
  }

  private static void restore(String name, @Nullable String value) {
    if (value == null) {
      MDC.remove(name);
    } else {
      MDC.put(name, value);
    }
  }

  /**
   * Returns this origin as text of at most 200 characters: the id of the request, then a blank and
   * the value of W3C's {@code traceparent} header if it is traced.
   */
  public String text() {
    Map<String, String> headers = new HashMap<>();
    if (span.isValid()) {
      W3C.inject(context(), headers, (map, name, value) -> put(map, name, value));
    }
    return (request.orElse("") + " " + headers.getOrDefault("traceparent", "")).stripTrailing();
  }

  private static void put(@Nullable Map<String, String> headers, String name, String value) {
    if (headers != null) {
      headers.put(name, value);
    }
  }

  /** Reads the result of {@link #text}; anything else is {@link #NONE}. */
  public static Origin parse(String text) {
    String[] parts = text.split(" ", -1);
    Optional<String> request = Optional.of(parts[0]).filter(RequestId::isSane);
    if (parts.length < 2) {
      return request.isEmpty() ? NONE : new Origin(request, SpanContext.getInvalid());
    }
    Context read = W3C.extract(Context.root(), parts[1], PARENT);
    return new Origin(request, Span.fromContext(read).getSpanContext());
  }
}
