package dev.sdlora.server.transport;

import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.ErrorAnswer;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.key.Caller;
import dev.sdlora.server.trace.HttpSpans;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers between connections and routes: trusted proxies, access, bodies, limits of
 * concurrent requests, slow clients, and errors from Jetty.
 */
public final class Transport {
  /** Threads for connections and health checks, reserved from requests. */
  private static final int SPARE_THREADS = 32;

  /** Threads for requests that neither wait for jobs nor watch them. */
  private static final int OTHER_REQUESTS = 64;

  private static final int WAITING_REQUESTS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  private final ErrorMessages messages;
  private final RequestBodies bodies;
  private final int atOnce;
  private final Collection<String> proxies;
  private final String proxyHeader;
  private final HttpSpans spans;

  /**
   * Creates it.
   *
   * @param access decides who may use the server
   * @param messages converts errors to messages
   * @param maxBodyBytes the limit of one body in bytes
   * @param longRequests the number of requests that may hold a thread for long
   * @param proxies addresses of trusted proxies, as {@code ADDRESS} or {@code ADDRESS/BITS}
   * @param proxyHeader the header in which they report clients
   * @param spans traces requests
   */
  public Transport(
      Access access,
      ErrorMessages messages,
      long maxBodyBytes,
      int longRequests,
      Collection<String> proxies,
      String proxyHeader,
      HttpSpans spans) {
    this.messages = messages;
    this.bodies =
        new RequestBodies(
            maxBodyBytes,
            Math.max(maxBodyBytes, Runtime.getRuntime().maxMemory() / 4),
            System::nanoTime,
            access::refusal);
    this.atOnce = longRequests + OTHER_REQUESTS;
    this.proxies = proxies;
    this.proxyHeader = proxyHeader;
    this.spans = spans;
  }

  /** Adds the handlers to a server. */
  public void addTo(JavalinConfig config) {
    QueuedThreadPool threads = new QueuedThreadPool(atOnce + SPARE_THREADS);
    threads.setName("sd-server");
    config.jetty.threadPool = threads;
    config.jetty.modifyServer(this::setUp);
    config.jetty.modifyServletContextHandler(
        context -> context.setErrorHandler(new ErrorAnswers()));
    config.router.handlerWrapper(
        endpoint ->
            context -> {
              if (endpoint.method.isHttpMethod()) { // Not before or after others.
                context.attribute(HttpSpans.ROUTE, endpoint.path);
              }
              caller(context).handle(() -> handle(endpoint.handler, context));
            });
    if (!proxies.isEmpty()) {
      TrustedProxies trusted = new TrustedProxies(proxies, proxyHeader);
      config.jetty.modifyHttpConfiguration(http -> http.addCustomizer(trusted));
    }
  }

  private static Caller caller(Context context) {
    return Optional.ofNullable(context.<Caller>attribute(Access.CALLER)).orElse(Caller.ANYONE);
  }

  /**
   * Stops decoding images when their client disconnects, and sends errors such as a full heap,
   * which Javalin would send without a body.
   */
  private void handle(io.javalin.http.Handler route, Context context) throws Exception {
    try {
      if (context.method().equals(HandlerType.POST)) {
        ClientConnection.whileThere(context, route);
      } else {
        route.handle(context);
      }
    } catch (Error e) {
      LOG.error("a request failed", e);
      ErrorAnswer.of(context.path(), messages.of(e)).send(context);
    }
  }

  private void setUp(Server server) {
    server.setErrorHandler(new ErrorAnswers());
    SlowReaders readers =
        new SlowReaders(
            TimeUnit.SECONDS.toNanos(RequestBodies.PATIENCE_SECONDS), RequestBodies.LEAST_RATE);
    RequestsAtOnce requests = new RequestsAtOnce(atOnce, WAITING_REQUESTS);
    requests.setHandler(readers);
    readers.setHandler(new LoggedRequests());
    bodies.setHandler(requests);
    // Inside Jetty's statistics handler, so that a stopping server waits for responses in progress.
    Tracing tracing = new Tracing(spans);
    tracing.setHandler(bodies);
    ((Handler.Singleton) server.getHandler()).insertHandler(tracing);
  }

  /** Refuses bodies that are still arriving, for a server that stops. */
  public void stop() {
    bodies.refuseIncoming();
  }
}
