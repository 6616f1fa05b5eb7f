package dev.sdlora.server.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes the connections of clients that read responses too slowly, because each holds a thread.
 * Only time spent sending counts, so event streams may stay open.
 */
final class SlowReaders extends Handler.Wrapper {
  private final long patienceNanos;
  private final long leastRate;

  /**
   * Creates the handler.
   *
   * @param patienceNanos time that sending a response may take at any rate
   * @param leastRate minimum average rate after that time, in bytes per second
   */
  SlowReaders(long patienceNanos, long leastRate) {
    this.patienceNanos = patienceNanos;
    this.leastRate = leastRate;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    return super.handle(request, new Timed(request, response), callback);
  }

  private final class Timed extends Response.Wrapper {
    private final AtomicLong allowed = new AtomicLong(patienceNanos);

    Timed(Request request, Response wrapped) {
      super(request, wrapped);
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, Callback callback) {
      if (bytes == null || !bytes.hasRemaining()) {
        super.write(last, bytes, callback);
        return;
      }
      long more = TimeUnit.SECONDS.toNanos(bytes.remaining()) / leastRate;
      // Bytes that the kernel buffers at once earn no extra time.
      long most = allowed.updateAndGet(left -> Math.min(patienceNanos, left) + more);
      long begin = NanoTime.now();
      Scheduler.Task end =
          getRequest()
              .getComponents()
              .getScheduler()
              .schedule(this::close, Math.max(0, most), TimeUnit.NANOSECONDS);
      super.write(
          last,
          bytes,
          Callback.from(
              () -> {
                end.cancel();
                allowed.addAndGet(-NanoTime.since(begin));
              },
              callback));
    }

    private void close() {
      getRequest()
          .getConnectionMetaData()
          .getConnection()
          .getEndPoint()
          .close(new TimeoutException("the client reads too slowly"));
    }
  }
}
