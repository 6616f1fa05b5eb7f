package dev.sdlora.server.mcp;

import dev.sdlora.api.RequestLimits;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.SignedPaths;
import dev.sdlora.server.mcp.Sessions.Session;
import dev.sdlora.server.transport.Access;
import io.javalin.http.Context;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.scheduler.Schedulers;

/**
 * {@code /mcp}: the Streamable HTTP transport of MCP. Each request is answered by its own stream;
 * there is no stream for messages outside of requests, because there are none.
 */
public final class McpApi {
  private static final String SESSION = "Mcp-Session-Id";
  private static final String VERSION = "MCP-Protocol-Version";
  private static final int MOST_SESSIONS = 1000;
  private static final int SESSIONS_OF_CLIENT = 100;

  /** The SDK logs what a client says about itself. */
  private static final int MOST_INTRODUCTION = 10_000;

  private final Sessions sessions = new Sessions(MOST_SESSIONS, SESSIONS_OF_CLIENT);
  private final Tools tools;
  private final McpAsyncServer server;
  private final SignedPaths signed;

  /**
   * Creates the API of a model.
   *
   * @param limits the limits of a request
   * @param limit counts a drawing of a client, and throws {@link Refusal} if it draws too many
   * @param signed signs the addresses of images
   */
  public McpApi(
      DrawingModel model, RequestLimits limits, Consumer<String> limit, SignedPaths signed) {
    this.signed = signed;
    this.tools =
        new Tools(() -> model, model::messages, limits, limit, false, Schedulers.immediate());
    this.server = tools.build(McpServer.async(sessions));
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.post("/mcp", this::post),
        Route.delete("/mcp", context -> sessions.end(session(context))));
  }

  /** Ends all sessions and their calls. */
  public void close() {
    server.closeGracefully().block();
  }

  private void post(Context context) {
    requireKnownVersion(context);
    String accept = Optional.ofNullable(context.header("Accept")).orElse("");
    if (!accept.contains("text/event-stream") && !accept.contains("*/*")) {
      throw new Refusal(
          406, "the Accept header must be 'application/json, text/event-stream': '" + accept + "'");
    }
    JSONRPCMessage message;
    try {
      message = Json.message(new String(Bodies.bytes(context), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      context.status(400);
      Answers.json(context, Json.error(Json.PARSE_ERROR, String.valueOf(e.getMessage())));
      return;
    }
    if (message instanceof JSONRPCRequest request) {
      requireId(request);
      if (request.method().equals(McpSchema.METHOD_INITIALIZE)) {
        initialize(context, request);
      } else {
        answer(context, request, session(context));
      }
    } else {
      Session session = session(context);
      if (message instanceof JSONRPCNotification notification) {
        session.calls().cancel(notification);
      }
      context.status(202); // No other message changes anything here.
    }
  }

  private void requireKnownVersion(Context context) {
    Optional<String> version = Optional.ofNullable(context.header(VERSION));
    if (version.filter(one -> !sessions.protocolVersions().contains(one)).isPresent()) {
      throw new Refusal(
          400,
          "the header %s must be one of %s: '%s'"
              .formatted(VERSION, String.join(", ", sessions.protocolVersions()), version.get()));
    }
  }

  private static void requireId(JSONRPCRequest request) {
    if (request.id() == null) {
      throw new Refusal(400, "the id of a request must not be null");
    }
  }

  private Session session(Context context) {
    String id =
        Optional.ofNullable(context.header(SESSION))
            .orElseThrow(
                () ->
                    new Refusal(
                        400,
                        "the request must have the header %s, from the answer to 'initialize'"
                            .formatted(SESSION)));
    return sessions
        .find(id, client(context))
        .orElseThrow(
            () -> new Refusal(404, "the session has ended: begin another with 'initialize'"));
  }

  private static String client(Context context) {
    return Objects.requireNonNull(context.attribute(Access.CLIENT));
  }

  private void initialize(Context context, JSONRPCRequest request) {
    int length = Json.tree(request).toString().length();
    if (length > MOST_INTRODUCTION) {
      throw new Refusal(
          400,
          "the request 'initialize' has %s characters, which is more than %s"
              .formatted(length, MOST_INTRODUCTION));
    }
    Optional<InitializeRequest> parameters;
    try {
      parameters =
          Optional.ofNullable(
              Json.MAPPER.convertValue(request.params(), new TypeRef<InitializeRequest>() {}));
    } catch (IllegalArgumentException e) {
      parameters = Optional.empty();
    }
    McpStreamableServerSessionInit begun =
        sessions.begin(
            client(context),
            parameters.orElseThrow(
                () -> new Refusal(400, "the parameters of 'initialize' are malformed")));
    context.header(SESSION, begun.session().getId());
    Answers.json(
        context, Json.tree(JSONRPCResponse.result(request.id(), begun.initResult().block())));
  }

  private void answer(Context context, JSONRPCRequest request, Session session) {
    Optional<JSONRPCResponse> refusal = tools.refusal(request);
    if (refusal.isPresent()) {
      Answers.json(context, Json.tree(refusal.get()));
      return;
    }
    try (EventAnswer answer = new EventAnswer(context, client(context), session.calls(), signed)) {
      session.calls().begin(request.id(), answer);
      try {
        session
            .protocol()
            .responseStream(answer)
            .handle(request)
            .contextWrite(
                values ->
                    values.put(
                        McpTransportContext.KEY,
                        McpTransportContext.create(Map.of(Call.KEY, answer))))
            .block();
      } finally {
        session.calls().end(request.id());
      }
    }
  }
}
