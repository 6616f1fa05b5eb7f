package dev.sdlora.server.transport;

import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * The body of a request while it arrives. Jetty calls {@link #run} when more of it has arrived, one
 * call at a time, so no thread waits. A refused body is read for a while and discarded: closing the
 * connection while the client is sending would lose the response (RFC 9112, section 9.6).
 */
final class IncomingBody implements Invocable.Task {
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
  private Optional<Refusal> refusal = Optional.empty();

  /** Written while holding this object's lock, read by other threads for estimates. */
  private volatile long arrived;

  private long discarded;
  private long held;

  IncomingBody(RequestBodies bodies, Request request, Response response, Callback callback) {
    this.bodies = bodies;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.begin = bodies.now();
    if (request.getLength() > bodies.limit()) {
      refusal = Optional.of(bodies.tooLong());
    }
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
      if (last || discarded > DISCARDED) {
        refuse(refusal.orElseThrow());
      } else if (isTooSlow()) {
        refuse(refusal.orElseGet(bodies::tooSlow));
      }
    }
  }

  private boolean isTooSlow() {
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
      bodies.ended(this);
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      ErrorAnswer.of(Request.getPathInContext(request), reason)
          .send(response, Callback.from(this::release, callback));
    }
  }

  private void handle() {
    blocks.forEach(ByteBuffer::flip);
    Callback released = Callback.from(this::release, callback);
    try {
      if (!bodies.getHandler().handle(new Received(), response, released)) {
        Response.writeError(request, response, released, 404);
      }
    } catch (Throwable e) { // Like Jetty's handlers: any error ends only this request.
      Response.writeError(request, response, released, e);
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
