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
 * The connection of a request, to detect a disconnected client while the response is prepared.
 * Nothing else reads from it in that time: the body has been read, and clients send nothing more
 * before they have the response, so checking for the end of the stream loses no data. Closing
 * restores the idle timeout, which drawing would exceed.
 */
public final class ClientConnection implements AutoCloseable {
  private static final long CHECK_MILLIS = 100;
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
   * Runs a route; stops decoding its images when the client disconnects.
   *
   * @throws Refusal if the client disconnected; nobody receives it
   * @throws Exception if the route throws it
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

  /** Whether a client has disconnected, checked at most every 100 ms. */
  private static final class Gone implements BooleanSupplier {
    private final EndPoint endPoint;
    private long checked = NanoTime.now();
    private boolean gone;

    Gone(EndPoint endPoint) {
      this.endPoint = endPoint;
    }

    @Override
    public synchronized boolean getAsBoolean() {
      if (!gone && NanoTime.millisSince(checked) >= CHECK_MILLIS) {
        checked = NanoTime.now();
        gone = isGone(endPoint);
      }
      return gone;
    }
  }

  private static Refusal gone() {
    return new Refusal(499, "the client disconnected");
  }

  /** Returns the connection of a request. */
  public static ClientConnection of(Context context) {
    return new ClientConnection(context, 0);
  }

  /**
   * Returns the connection of a request whose response is written in pieces every few seconds. A
   * client that reads nothing for half a minute counts as disconnected, so that it does not hold a
   * thread forever.
   */
  public static ClientConnection listening(Context context) {
    return new ClientConnection(context, STALLED_MILLIS);
  }

  /** Whether the client has disconnected. */
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
   * Waits for a change of a job. If the client disconnects, the job is cancelled.
   *
   * @param seen the version of the job that the caller knows
   * @throws Refusal if the client disconnected; nobody receives it
   */
  public Job.Snapshot await(Job job, long seen) {
    try {
      Job.Snapshot now = job.snapshot();
      do { // Check at least once, because steps may be faster than the interval.
        if (!now.state().isEnd() && isGone()) {
          job.cancel();
          throw gone();
        }
        now = job.await(seen, CHECK_MILLIS);
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
