package dev.sdlora.server.mcp;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.trace.Origin;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * One call of a tool: cancelled by its client, or because the client disconnected. Safe for use by
 * several threads.
 */
class Call {
  /** The name of the call in the context of a request. */
  static final String KEY = Call.class.getName();

  private static final long CHECK_MILLIS = 100;

  private final String client;
  private final Origin origin = Origin.current();
  private volatile boolean cancelled;

  /**
   * Creates a call.
   *
   * @param client identifies the client, for limits
   */
  Call(String client) {
    this.client = client;
  }

  /** Returns the client. */
  final String client() {
    return client;
  }

  /** Returns the HTTP request of the call. */
  final Origin origin() {
    return origin;
  }

  /** Ends the call soon; nobody waits for its result. */
  final void cancel() {
    cancelled = true;
  }

  /** Whether {@link #cancel} was called; any thread may call this often. */
  final boolean isCancelled() {
    return cancelled;
  }

  /** Whether nobody waits for the result; only the thread of the call calls this. */
  boolean isOver() {
    return cancelled;
  }

  /**
   * Returns the address at which the client can fetch a path of this server for a while without
   * credentials; empty without HTTP.
   */
  Optional<String> link(String path) {
    return Optional.empty();
  }

  /** Called several times a second by the thread of the call while it waits. */
  void waiting() {}

  /**
   * Waits for the end of a job and reports its steps. Cancels the job if the call is over.
   *
   * @param progress where steps are reported
   * @throws CancellationException if the call is over
   */
  final Job.Snapshot awaitEnd(Job job, Progress progress) {
    try {
      Job.Snapshot now = job.snapshot();
      while (true) { // Checks at least once, because steps may be faster than the interval.
        boolean ended = now.state().isEnd();
        if (!ended && isOver()) {
          throw new CancellationException("the call was cancelled");
        }
        progress.report(now);
        if (ended) {
          return now;
        }
        waiting();
        now = job.await(now.version(), CHECK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the server is stopping");
    } finally {
      job.cancel(); // Does nothing after the end.
    }
  }

  /**
   * Sends the steps of a job to a client that requested them. Clients give up on calls that are
   * silent for long, often for a minute, so that a long wait or step is reported several times,
   * each time with a larger number.
   */
  static final class Progress {
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final McpAsyncServerExchange client;
    private final Optional<Object> token;
    private double lastSent = -1;
    private long at = System.nanoTime();

    /**
     * Creates the progress of a call.
     *
     * @param token the client's token; empty if it wants no progress
     */
    Progress(McpAsyncServerExchange client, Optional<Object> token) {
      this.client = client;
      this.token = token;
    }

    /** Sends that the call has arrived; a model may have to be loaded first. */
    void begin() {
      send(0, 0, "preparing");
    }

    /** Sends the state of a job if it has advanced, or if nothing was sent for long. */
    private void report(Job.Snapshot now) {
      boolean silent = System.nanoTime() - at > SILENCE_NANOS;
      boolean advanced = now.step() > lastSent;
      if (!now.state().isEnd() || advanced) {
        String message =
            now.begun() == 0 ? "waiting" : "step %s of %s".formatted(now.step(), now.steps());
        if (advanced || silent) {
          double next = Math.floor(lastSent) + 1;
          send(advanced ? now.step() : (lastSent + next) / 2, now.steps(), message);
        }
      }
    }

    private void send(double number, int steps, String message) {
      lastSent = number;
      at = System.nanoTime();
      if (token.isEmpty()) {
        return;
      }
      ProgressNotification.Builder progress =
          ProgressNotification.builder(token.get(), number).message(message);
      if (steps > 0) {
        progress.total((double) steps);
      }
      client.progressNotification(progress.build()).block();
    }
  }
}
