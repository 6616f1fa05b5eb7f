package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.request.json.Fields;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The stdio transport of MCP: a message on each line, until the input ends. One client and one
 * session.
 */
final class LineTransport implements McpServerTransportProvider, McpServerTransport {
  private static final int INVALID_REQUEST = -32600;

  private static final Logger LOG = LoggerFactory.getLogger(LineTransport.class);

  private final Tools tools;
  private final BufferedInputStream in;
  private final OutputStream out;
  private final int mostBytes;
  private final RunningCalls calls = new RunningCalls();
  private volatile @Nullable McpServerSession session;

  /**
   * Creates a transport.
   *
   * @param tools the tools that clients can call
   * @param out written by several threads, one at a time
   * @param mostBytes the limit of bytes in a line
   */
  LineTransport(Tools tools, InputStream in, OutputStream out, int mostBytes) {
    this.tools = tools;
    this.in = new BufferedInputStream(in);
    this.out = out;
    this.mostBytes = mostBytes;
  }

  @Override
  public void setSessionFactory(McpServerSession.Factory factory) {
    session = factory.create(this);
  }

  /** Reads messages until the input ends, then cancels all calls. */
  void run() {
    try {
      Optional<byte[]> line = line();
      while (line.isPresent()) {
        read(line.get());
        line = line();
      }
    } catch (IOException e) {
      LOG.debug("the client is gone", e);
    } finally {
      calls.cancelAll();
    }
  }

  /** Returns the next line; empty at the end. The rest of a line that is too long is skipped. */
  private Optional<byte[]> line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    boolean tooLong = false;
    while (next >= 0 && next != '\n') {
      tooLong |= line.size() >= mostBytes;
      if (!tooLong) {
        line.write(next);
      }
      next = in.read();
    }
    if (tooLong) {
      write(Json.error(INVALID_REQUEST, "the message has more than %s bytes".formatted(mostBytes)));
      return Optional.of(new byte[0]);
    }
    return Optional.of(line.toByteArray());
  }

  private void read(byte[] line) throws IOException {
    String text = new String(line, StandardCharsets.UTF_8);
    if (text.isBlank()) {
      return;
    }
    JSONRPCMessage message;
    try {
      message = Json.message(text);
    } catch (IllegalArgumentException e) {
      write(Json.error(Json.PARSE_ERROR, String.valueOf(e.getMessage())));
      return;
    }
    if (message instanceof JSONRPCRequest request) {
      Optional<JSONRPCResponse> refusal = tools.refusal(request);
      if (refusal.isPresent()) {
        write(Json.tree(refusal.get()));
      } else {
        handle(message);
      }
    } else if (message instanceof JSONRPCNotification notification) {
      calls.cancel(notification);
      if (notification.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED)) {
        handle(message);
      }
    }
  }

  private void handle(JSONRPCMessage message) {
    Call call = new Call("");
    Optional<Object> id =
        message instanceof JSONRPCRequest request
            ? Optional.ofNullable(request.id())
            : Optional.empty();
    id.ifPresent(number -> calls.begin(number, call));
    Objects.requireNonNull(session)
        .handle(message)
        .contextWrite(
            values ->
                values.put(
                    McpTransportContext.KEY, McpTransportContext.create(Map.of(Call.KEY, call))))
        .doFinally(end -> id.ifPresent(calls::end))
        .subscribe(
            nothing -> {},
            failure -> LOG.warn("cannot answer a message: {}", String.valueOf(failure)));
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromCallable(
        () -> {
          if (!calls.isUnwanted(message)) {
            write(Json.tree(message));
          }
          return null;
        });
  }

  private void write(JsonNode message) throws IOException {
    byte[] line = (Fields.text(message) + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (out) {
      out.write(line);
      out.flush();
    }
  }

  @Override
  public List<String> protocolVersions() {
    return McpServerTransportProvider.super.protocolVersions();
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return Json.MAPPER.convertValue(data, type);
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    return Objects.requireNonNull(session).sendNotification(method, params);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(calls::cancelAll);
  }

  @Override
  public void close() {
    calls.cancelAll();
  }
}
