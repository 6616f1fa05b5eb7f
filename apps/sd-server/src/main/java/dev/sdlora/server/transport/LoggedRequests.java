package dev.sdlora.server.transport;

import dev.sdlora.server.trace.HttpSpans;
import dev.sdlora.server.trace.Origin;
import io.opentelemetry.context.Scope;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Marks the log lines of a request, and the jobs that it starts, with its id. The last handler,
 * because earlier ones continue on other threads.
 */
final class LoggedRequests extends Handler.Wrapper {
  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Origin origin = HttpSpans.origin(request);
    Origin.Scope logged = origin.enter();
    Scope traced = origin.context().makeCurrent();
    try {
      return super.handle(request, response, callback);
    } finally {
      traced.close();
      logged.close();
    }
  }
}
