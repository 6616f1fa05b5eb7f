package dev.sdlora.server.transport;

import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Receives the body of each request before the request takes a thread, so that clients that send
 * slowly keep none. Refuses bodies that are longer than the limit (413), that come in too slowly
 * (408), and that would exceed the memory for all bodies together (503).
 *
 * <p>A body counts towards that memory until its request is answered.
 */
final class RequestBodies extends Handler.Wrapper {
  /** Time a body may take regardless of its length. */
  static final long PATIENCE_SECONDS = 30;

  /** Average bytes a second that a body needs after that time. */
  static final long LEAST_RATE = 10_000;

  private final long limit;
  private final long memory;
  private final LongSupplier nanos;
  private final AtomicLong held = new AtomicLong();
  private final Set<IncomingBody> incoming = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * Creates the handler.
   *
   * @param limit bytes of one body
   * @param memory bytes of all bodies together
   * @param nanos clock
   */
  RequestBodies(long limit, long memory, LongSupplier nanos) {
    this.limit = limit;
    this.memory = memory;
    this.nanos = nanos;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    long length = request.getLength();
    boolean chunked = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    if (length == 0 || (length < 0 && !chunked)) {
      return super.handle(request, response, callback);
    }
    if (length > limit && request.getHeaders().contains(HttpHeader.EXPECT)) {
      // The client has sent nothing of the body yet, and sends nothing after this answer.
      ErrorAnswer.of(Request.getPathInContext(request), tooLong()).send(response, callback);
      return true;
    }
    IncomingBody body = new IncomingBody(this, request, response, callback);
    incoming.add(body);
    if (stopping) {
      body.refuse(stopped());
    } else {
      body.receive();
    }
    return true;
  }

  /** Refuses all bodies that have not arrived in full. */
  void refuseIncoming() {
    stopping = true;
    incoming.forEach(body -> body.refuse(stopped()));
  }

  /** Takes memory; returns false if there is not enough left. */
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
        "the body came in too slowly: after %s seconds it needs an average of %s bytes a second"
            .formatted(PATIENCE_SECONDS, LEAST_RATE));
  }

  /** Refuses a body for which there is no memory now. */
  Refusal full(IncomingBody refused) {
    return new Refusal(
        503,
        "the server has memory for %s bytes of all bodies together, which other requests take now"
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
