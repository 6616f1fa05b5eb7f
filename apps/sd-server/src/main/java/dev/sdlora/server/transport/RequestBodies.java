package dev.sdlora.server.transport;

import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Receives the body of each request before the request takes a thread, so that slow clients hold
 * none. Refuses requests without access, and bodies that exceed the limit (413), arrive too slowly
 * (408), or exceed the memory for all bodies together (503).
 *
 * <p>A body counts towards that memory until its request is answered.
 */
final class RequestBodies extends Handler.Wrapper {
  /** Time in which a body may arrive at any rate. */
  static final long PATIENCE_SECONDS = 30;

  /** Minimum average rate after that time, in bytes per second. */
  static final long LEAST_RATE = 10_000;

  private final long limit;
  private final long memory;
  private final LongSupplier nanos;
  private final BiFunction<Request, Response, Optional<Refusal>> access;
  private final AtomicLong held = new AtomicLong();
  private final Set<IncomingBody> incoming = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * Creates the handler.
   *
   * @param limit the limit of one body in bytes
   * @param memory the limit of all bodies together in bytes
   * @param nanos the clock
   * @param access returns the reason to refuse a request before its body arrives
   */
  RequestBodies(
      long limit,
      long memory,
      LongSupplier nanos,
      BiFunction<Request, Response, Optional<Refusal>> access) {
    this.limit = limit;
    this.memory = memory;
    this.nanos = nanos;
    this.access = access;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<Refusal> refusal = access.apply(request, response);
    long length = request.getLength();
    boolean chunked = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    if (length == 0 || (length < 0 && !chunked)) {
      if (refusal.isEmpty()) {
        return super.handle(request, response, callback);
      }
      send(refusal.get(), request, response, callback);
      return true;
    }
    if (refusal.isEmpty() && length > limit) {
      refusal = Optional.of(tooLong());
    }
    if (refusal.isPresent() && request.getHeaders().contains(HttpHeader.EXPECT)) {
      // The client has not sent any of the body yet, and will not after this response.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      send(refusal.get(), request, response, callback);
      return true;
    }
    IncomingBody body = new IncomingBody(this, request, response, callback, refusal);
    incoming.add(body);
    if (stopping) {
      body.refuse(stopped());
    } else {
      body.receive();
    }
    return true;
  }

  private static void send(Refusal refusal, Request request, Response response, Callback callback) {
    ErrorAnswer.of(Request.getPathInContext(request), refusal).send(response, callback);
  }

  /** Refuses all bodies that are still arriving. */
  void refuseIncoming() {
    stopping = true;
    incoming.forEach(body -> body.refuse(stopped()));
  }

  /** Reserves memory; returns false if there is not enough. */
  boolean take(long bytes) {
    if (held.addAndGet(bytes) <= memory) {
      return true;
    }
    held.addAndGet(-bytes);
    return false;
  }

  void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }

  void ended(IncomingBody body) {
    incoming.remove(body);
  }

  long limit() {
    return limit;
  }

  long now() {
    return nanos.getAsLong();
  }

  Refusal tooLong() {
    return new Refusal(413, "the body has more than %s bytes".formatted(limit));
  }

  Refusal tooSlow() {
    return new Refusal(
        408,
        "the body arrived too slowly: after %s seconds it needs an average of %s bytes per second"
            .formatted(PATIENCE_SECONDS, LEAST_RATE));
  }

  /** Returns the refusal of a body for which there is no memory. */
  Refusal full(IncomingBody refused) {
    return new Refusal(
        503,
        "the server has %s bytes of memory for request bodies, which other requests are using"
            .formatted(memory),
        incoming.stream()
            .filter(body -> body != refused)
            .mapToDouble(IncomingBody::secondsLeft)
            .min()
            .stream()
            .mapToObj(RetryAfter::seconds)
            .findFirst()
            .orElseGet(RetryAfter::unknown));
  }

  private static Refusal stopped() {
    return new Refusal(503, "the server is stopping");
  }
}
