package dev.sdlora.server.transport;

import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import java.time.Duration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.Callback;

/**
 * Bounds how many requests have a thread at once. Others wait for their turn without a thread, and
 * are answered with 503 if too many wait or it takes too long. Signs of life never wait.
 */
final class RequestsAtOnce extends QoSHandler {
  /** By then, every request that waits now has had its turn or has been refused. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /**
   * Creates the handler.
   *
   * @param requests how many have a thread at once
   * @param waiting how many more may wait
   */
  RequestsAtOnce(int requests, int waiting) {
    setMaxRequestCount(requests);
    setMaxSuspendedRequestCount(waiting);
    setMaxSuspend(LONGEST_WAIT);
    excludePath(Access.SIGNS_OF_LIFE.toArray(String[]::new));
  }

  @Override
  protected void reject(Request request, Response response, Callback callback, int status) {
    refuse(request, response, callback);
  }

  @Override
  protected void failSuspended(
      Request request, Response response, Callback callback, int status, Throwable failure) {
    refuse(request, response, callback);
  }

  private static void refuse(Request request, Response response, Callback callback) {
    ErrorAnswer.of(
            Request.getPathInContext(request),
            new Refusal(
                503,
                "the server answers as many requests as it can: try again soon",
                RetryAfter.seconds((double) LONGEST_WAIT.toSeconds())))
        .send(response, callback);
  }
}
