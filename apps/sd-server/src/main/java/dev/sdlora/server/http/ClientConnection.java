package dev.sdlora.server.http;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.server.job.Job;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.NanoTime;

/**
 * The connection of a request while it is answered: is the client still there? Nobody reads from it
 * meanwhile, as the body has been read and clients send nothing behind it before they have the
 * answer; so a look whether it has ended takes nothing from anybody. Closing it gives back the time
 * that it may be idle, which drawing would exceed.
 */
public final class ClientConnection implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;
  private static final long STALLED_MILLIS = 30_000;

  private final EndPoint endPoint;
  private final long idleTimeout;

  private ClientConnection(Context context, long idleMillis) {
    this.endPoint = endPoint(context);
    this.idleTimeout = endPoint.getIdleTimeout();
    endPoint.setIdleTimeout(idleMillis);
  }

  private static EndPoint endPoint(Context context) {
    return ServletContextRequest.getServletContextRequest(context.req())
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint();
  }

  /**
   * Answers a request; the decoding of its images ends when its client goes away.
   *
   * @throws Refusal if it has gone, to nobody
   * @throws Exception if the route does
   */
  public static void whileThere(Context context, Handler route) throws Exception {
    Gone gone = new Gone(endPoint(context));
    try {
      CurrentWork.until(
          gone,
          () -> {
            route.handle(context);
            return context;
          });
    } catch (GenerationCancelledException e) {
      throw gone.getAsBoolean() ? gone() : e;
    }
  }

  /** Whether a client has gone; the connection is looked at every 100 ms at most. */
  private static final class Gone implements BooleanSupplier {
    private final EndPoint endPoint;
    private long looked = NanoTime.now();
    private boolean gone;

    Gone(EndPoint endPoint) {
      this.endPoint = endPoint;
    }

    @Override
    public synchronized boolean getAsBoolean() {
      if (!gone && NanoTime.millisSince(looked) >= LOOK_MILLIS) {
        looked = NanoTime.now();
        gone = isGone(endPoint);
      }
      return gone;
    }
  }

  private static Refusal gone() {
    return new Refusal(499, "the client has gone");
  }

  /** That of a request. */
  public static ClientConnection of(Context context) {
    return new ClientConnection(context, 0);
  }

  /**
   * That of a request to which something is written every few seconds. A client that does not read
   * it for half a minute counts as gone, or it would keep its thread for ever.
   */
  public static ClientConnection listening(Context context) {
    return new ClientConnection(context, STALLED_MILLIS);
  }

  /** Whether the client has gone. */
  public boolean isGone() {
    return isGone(endPoint);
  }

  private static boolean isGone(EndPoint endPoint) {
    ByteBuffer space = ByteBuffer.allocate(1).flip();
    try {
      return !endPoint.isOpen() || endPoint.fill(space) < 0;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Waits until a job tells more than was seen. If the client goes away, so does the job.
   *
   * @throws Refusal if the client has gone, to nobody
   */
  public Job.Snapshot await(Job job, long seen) {
    try {
      Job.Snapshot now = job.snapshot();
      do { // At least one look, as steps may be quicker than the time between looks.
        if (!now.state().isEnd() && isGone()) {
          job.cancel();
          throw gone();
        }
        now = job.await(seen, LOOK_MILLIS);
      } while (now.version() == seen && !now.state().isEnd());
      return now;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      job.cancel();
      throw new Refusal(503, "the server is stopping");
    }
  }

  /** Waits for the end of a job; see {@link #await}. */
  public void awaitEnd(Job job) {
    Job.Snapshot now = job.snapshot();
    while (!now.state().isEnd()) {
      now = await(job, now.version());
    }
  }

  @Override
  public void close() {
    endPoint.setIdleTimeout(idleTimeout);
  }
}
