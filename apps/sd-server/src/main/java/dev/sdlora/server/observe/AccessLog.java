package dev.sdlora.server.observe;

import dev.sdlora.server.trace.HttpSpans;
import dev.sdlora.server.trace.Origin;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a line for each request, except successful health checks and reads of metrics, on the logger
 * {@code dev.sdlora.server.access} at level INFO, with the path but without the query, which can
 * contain words of prompts or signatures.
 */
public final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("dev.sdlora.server.access");

  private AccessLog() {}

  /** Logs a request that has been answered, if the logger is on. */
  public static void answered(Request request, Response response) {
    String path = Request.getPathInContext(request);
    boolean usual = HttpSpans.isProbe(path) && response.getStatus() < 400;
    if (usual || !LOG.isInfoEnabled()) {
      return;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - request.getBeginNanoTime());
    Origin.Scope logged = HttpSpans.origin(request).enter();
    try {
      LOG.atInfo()
          .addKeyValue("method", request.getMethod())
          .addKeyValue("path", path)
          .addKeyValue("status", response.getStatus())
          .addKeyValue("duration_ms", millis)
          .addKeyValue("bytes", Response.getContentBytesWritten(response))
          .addKeyValue("client", Request.getRemoteAddr(request))
          .log("{} {} {}", request.getMethod(), path, response.getStatus());
    } finally {
      logged.close();
    }
  }
}
