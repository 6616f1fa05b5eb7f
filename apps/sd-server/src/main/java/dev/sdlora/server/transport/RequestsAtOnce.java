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
 * Limits how many requests have a thread at once. Others wait without a thread and get 503 if too
 * many wait or the wait is too long. Health checks never wait.
 */
final class RequestsAtOnce extends QoSHandler {
  /** By then, every waiting request has had its turn or has been refused. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /**
   * Creates the handler.
   *
   * @param requests the limit of requests with a thread
   * @param waiting the limit of waiting requests
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
                "the server is handling as many requests as it can: try again soon",
                RetryAfter.seconds((double) LONGEST_WAIT.toSeconds())))
        .send(response, callback);
  }
}
