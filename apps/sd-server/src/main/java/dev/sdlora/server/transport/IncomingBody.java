package dev.sdlora.server.transport;

import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * The body of a request while it arrives. Jetty calls {@link #run} when more of it has arrived, one
 * call at a time, so no thread waits. A refused body is read and discarded before the response is
 * sent, because closing the connection while the client is sending would lose the response (RFC
 * 9112, section 9.6). If its end does not arrive within limits of bytes and time, the response says
 * {@code Connection: close}.
 */
final class IncomingBody implements Invocable.Task {
  /** Attribute in which Jetty keeps the parsed form of a request. */
  private static final String FORM = MultiPartFormData.class.getName();

  private static final int FIRST_BLOCK = 1 << 12;
  private static final int BLOCK = 1 << 16;

  /** Limit of bytes of a refused body that are read and discarded. */
  private static final int DISCARDED = 1 << 24;

  private final RequestBodies bodies;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final long begin;
  private final Deque<ByteBuffer> blocks = new ArrayDeque<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private Optional<Refusal> refusal;

  /** Written while holding this object's lock, read by other threads for estimates. */
  private volatile long arrived;

  /** Time of the refusal. */
  private long refused;

  private long discarded;
  private long held;

  IncomingBody(
      RequestBodies bodies,
      Request request,
      Response response,
      Callback callback,
      Optional<Refusal> refusal) {
    this.bodies = bodies;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.begin = bodies.now();
    this.refusal = refusal;
    this.refused = begin;
  }

  /** Reads what has arrived, on the thread that accepted the request. */
  void receive() {
    read(false);
  }

  /** Reads what has arrived since the last call. */
  @Override
  public void run() {
    read(true);
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  private void read(boolean dispatch) {
    while (!ended.get()) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        fail(chunk.getFailure());
        return;
      }
      boolean last = chunk.isLast();
      keep(chunk.getByteBuffer());
      chunk.release();
      if (last && refusal.isEmpty()) {
        if (ended.compareAndSet(false, true)) {
          bodies.ended(this);
          if (dispatch) {
            request.getContext().execute(this::handle);
          } else {
            handle();
          }
        }
        return;
      }
      if (last) {
        send(refusal.orElseThrow());
      } else if (discarded > DISCARDED) {
        refuse(refusal.orElseThrow());
      } else if (isTooSlow()) {
        refuse(refusal.orElseGet(bodies::tooSlow));
      }
    }
  }

  private boolean isTooSlow() {
    if (refusal.isPresent()) {
      return bodies.now() - refused > TimeUnit.SECONDS.toNanos(RequestBodies.PATIENCE_SECONDS);
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(bodies.now() - begin);
    return seconds > RequestBodies.PATIENCE_SECONDS && arrived < seconds * RequestBodies.LEAST_RATE;
  }

  /**
   * Estimates the time until the body has arrived at its current rate, or is refused for being too
   * slow. A body of unknown length is assumed to have the maximum length.
   */
  double secondsLeft() {
    double length = request.getLength() < 0 ? bodies.limit() : request.getLength();
    double elapsed = (bodies.now() - begin) / 1e9;
    double slowest = Math.max(RequestBodies.PATIENCE_SECONDS, length / RequestBodies.LEAST_RATE);
    long bytes = arrived;
    double rest = bytes == 0 ? slowest : (length - bytes) * elapsed / bytes;
    return Math.min(rest, slowest - elapsed);
  }

  private synchronized void keep(ByteBuffer bytes) {
    arrived += bytes.remaining();
    if (refusal.isEmpty() && arrived > bodies.limit()) {
      giveUp(bodies.tooLong());
    }
    while (refusal.isEmpty() && bytes.hasRemaining()) {
      ByteBuffer block = blocks.peekLast();
      if (block == null || !block.hasRemaining()) {
        int size = block == null ? FIRST_BLOCK : BLOCK;
        if (!bodies.take(size)) {
          giveUp(bodies.full(this));
          break;
        }
        held += size;
        block = ByteBuffer.allocate(size);
        blocks.add(block);
      }
      int count = Math.min(block.remaining(), bytes.remaining());
      block.put(bytes.slice().limit(count));
      bytes.position(bytes.position() + count);
    }
    discarded += bytes.remaining();
  }

  private void giveUp(Refusal reason) {
    refusal = Optional.of(reason);
    refused = bodies.now();
    release();
  }

  private synchronized void release() {
    blocks.clear();
    bodies.giveBack(held);
    held = 0;
  }

  private void fail(Throwable failure) {
    if (failure instanceof TimeoutException) {
      refuse(refusal.orElseGet(bodies::tooSlow));
    } else if (ended.compareAndSet(false, true)) {
      bodies.ended(this);
      release();
      Response.writeError(request, response, callback, failure);
    }
  }

  /** Sends an error and closes the connection; does nothing once the body is complete. */
  void refuse(Refusal reason) {
    if (ended.compareAndSet(false, true)) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      answer(reason);
    }
  }

  /** Sends an error for a body that has arrived whole. */
  private void send(Refusal reason) {
    if (ended.compareAndSet(false, true)) {
      answer(reason);
    }
  }

  private void answer(Refusal reason) {
    bodies.ended(this);
    ErrorAnswer.of(Request.getPathInContext(request), reason)
        .send(response, Callback.from(this::release, callback));
  }

  private void handle() {
    blocks.forEach(ByteBuffer::flip);
    Callback released = Callback.from(this::end, callback);
    try {
      if (!bodies.getHandler().handle(new Received(), response, released)) {
        Response.writeError(request, response, released, 404);
      }
    } catch (Throwable e) { // Like Jetty's handlers: any error ends only this request.
      Response.writeError(request, response, released, e);
    }
  }

  /**
   * Releases the body of a request that has its response. Jetty deletes the files of a form after
   * the response; if the form was damaged, doing so would throw the parser's error and close a
   * connection that the response has just promised to keep.
   */
  private void end() {
    release();
    if (request.getAttribute(FORM) instanceof CompletableFuture<?> form
        && form.isCompletedExceptionally()) {
      request.removeAttribute(FORM);
    }
  }

  /** The request with its complete body; parts that have been read are released. */
  private final class Received extends Request.Wrapper {
    Received() {
      super(request);
    }

    @Override
    public Content.Chunk read() {
      ByteBuffer block = blocks.poll();
      return block == null ? Content.Chunk.EOF : Content.Chunk.from(block, blocks.isEmpty());
    }

    @Override
    public void demand(Runnable demandCallback) {
      demandCallback.run();
    }
  }
}
