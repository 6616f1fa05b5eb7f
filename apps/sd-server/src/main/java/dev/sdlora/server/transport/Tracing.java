package dev.sdlora.server.transport;

import dev.sdlora.server.trace.HttpSpans;
import dev.sdlora.server.trace.RequestId;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Gives each request an id, tells it in the response, and begins the span of the request. */
final class Tracing extends Handler.Wrapper {
  private final HttpSpans spans;

  Tracing(HttpSpans spans) {
    this.spans = spans;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    response.getHeaders().put(RequestId.HEADER, RequestId.of(request));
    spans.begin(request);
    return super.handle(request, response, callback);
  }
}
