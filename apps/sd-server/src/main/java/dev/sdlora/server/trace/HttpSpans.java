package dev.sdlora.server.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * A span for each HTTP request, below the span that its {@code traceparent} header names. Names and
 * attributes follow OpenTelemetry's conventions for HTTP. Health checks and metrics have none.
 */
public final class HttpSpans {
  /** Request attribute with the path of the route, such as {@code /api/jobs/{id}}. */
  public static final String ROUTE = HttpSpans.class.getName() + ".route";

  private static final String SPAN = HttpSpans.class.getName() + ".span";
  private static final Set<String> PROBES = Set.of("/health", "/ready", "/metrics");

  private static final TextMapGetter<HttpFields> HEADERS =
      (headers, name) -> headers == null ? null : headers.get(name);

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  /** Creates spans that an application exports. */
  public HttpSpans(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("dev.sdlora.server");
    TextMapPropagator given = telemetry.getPropagators().getTextMapPropagator();
    // A server without traces passes those of its clients on, to logs and to other servers.
    this.propagator = given.fields().isEmpty() ? W3CTraceContextPropagator.getInstance() : given;
  }

  /** Whether a path is for health checks or metrics, which come every few seconds. */
  public static boolean isProbe(String path) {
    return PROBES.contains(path);
  }

  /** Begins the span of a request that has just arrived. */
  public void begin(Request request) {
    String path = Request.getPathInContext(request);
    if (isProbe(path)) {
      return;
    }
    Span span =
        tracer
            .spanBuilder(request.getMethod())
            .setParent(propagator.extract(Context.root(), request.getHeaders(), HEADERS))
            .setSpanKind(SpanKind.SERVER)
            .startSpan();
    if (span.isRecording()) {
      span.setAttribute("http.request.method", request.getMethod());
      span.setAttribute("url.path", path);
      span.setAttribute("url.scheme", request.getHttpURI().getScheme());
      span.setAttribute("client.address", Request.getRemoteAddr(request));
      span.setAttribute("sdlora.request.id", RequestId.of(request));
    }
    request.setAttribute(SPAN, span);
  }

  /** Returns the origin of a request. */
  public static Origin origin(Request request) {
    return new Origin(Optional.of(RequestId.of(request)), span(request).getSpanContext());
  }

  private static Span span(Request request) {
    return request.getAttribute(SPAN) instanceof Span span ? span : Span.getInvalid();
  }

  /** Ends the span of a request that has been answered. */
  public static void end(Request request, Response response) {
    Span span = span(request);
    if (!span.isRecording()) {
      return;
    }
    int status = response.getStatus();
    if (request.getAttribute(ROUTE) instanceof String route) {
      span.updateName(request.getMethod() + " " + route);
      span.setAttribute("http.route", route);
    }
    span.setAttribute("http.response.status_code", (long) status);
    if (status >= 500) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
