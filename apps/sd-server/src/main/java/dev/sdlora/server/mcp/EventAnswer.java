package dev.sdlora.server.mcp;

import dev.sdlora.server.http.ClientConnection;
import dev.sdlora.server.http.EventStream;
import dev.sdlora.server.http.PublicAddress;
import dev.sdlora.server.http.SignedPaths;
import io.javalin.http.Context;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * The answer to one request as server-sent events: progress, then the response. Written by the
 * thread of the request alone.
 */
final class EventAnswer extends Call implements McpStreamableServerTransport, AutoCloseable {
  /** Proxies close connections that are silent for a minute. */
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final ClientConnection connection;
  private final EventStream events;
  private final RunningCalls calls;
  private final SignedPaths signed;
  private final String address;
  private long wrote = System.nanoTime();

  /**
   * Begins the answer.
   *
   * @param client identifies the client
   * @param calls the calls of the session
   * @param signed signs links
   */
  EventAnswer(Context context, String client, RunningCalls calls, SignedPaths signed) {
    super(client);
    this.connection = ClientConnection.of(context);
    this.events = EventStream.begin(context);
    this.calls = calls;
    this.signed = signed;
    this.address = PublicAddress.of(context);
  }

  /** A client that disconnects could not get the result later. */
  @Override
  boolean isOver() {
    return isCancelled() || connection.isGone();
  }

  @Override
  Optional<String> link(String path) {
    return Optional.of("%s%s?%s".formatted(address, path, signed.sign(path)));
  }

  @Override
  void waiting() {
    if (System.nanoTime() - wrote > SILENCE_NANOS) {
      events.signOfLife();
      wrote = System.nanoTime();
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromRunnable(() -> send(message));
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message, String id) {
    return sendMessage(message);
  }

  private void send(JSONRPCMessage message) {
    if (!calls.isUnwanted(message)) {
      events.send("message", Json.tree(message));
      wrote = System.nanoTime();
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return Json.MAPPER.convertValue(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }

  /** Restores the connection for the next request. */
  @Override
  public void close() {
    connection.close();
  }
}
