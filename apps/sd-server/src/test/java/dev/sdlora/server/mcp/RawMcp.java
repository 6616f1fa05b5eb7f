package dev.sdlora.server.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.server.Served;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A client of {@code /mcp} that does what no well-behaved one would. */
public final class RawMcp {
  static final String INITIALIZE =
      "{'jsonrpc':'2.0','id':0,'method':'initialize','params':{'protocolVersion':'2025-06-18',"
          + "'capabilities':{},'clientInfo':{'name':'raw','version':'1'}}}";

  private final Served served;
  private final String key;
  private final HttpClient client = HttpClient.newHttpClient();
  private final String session;

  private RawMcp(Served served, String key) {
    this.served = served;
    this.key = key;
    HttpResponse<String> begun = served.send(request(served, key, INITIALIZE));
    this.session = begun.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  /** Begins a session. */
  public static RawMcp begin(Served served, String key) {
    return new RawMcp(served, key);
  }

  static HttpRequest.Builder request(Served served, String key, String body) {
    return served
        .post("/mcp", body)
        .header("Authorization", "Bearer " + key)
        .header("Accept", "application/json, text/event-stream");
  }

  String session() {
    return session;
  }

  HttpRequest.Builder request(String body) {
    return request(served, key, body).header("Mcp-Session-Id", session);
  }

  /** Sends a notification that a call is no longer wanted. */
  void cancel(int id) {
    served.send(
        request(
            "{'jsonrpc':'2.0','method':'notifications/cancelled','params':{'requestId':%s}}"
                .formatted(id)));
  }

  /** Calls a tool with a progress token; completes when the answer begins. */
  CompletableFuture<HttpResponse<Stream<String>>> start(int id, String tool, ObjectNode arguments) {
    return client.sendAsync(request(call(id, tool, arguments)).build(), BodyHandlers.ofLines());
  }

  /** Calls a tool; returns the messages of the answer. */
  public List<JsonNode> call(String tool, ObjectNode arguments) {
    try {
      return messages(
          client.send(request(call(7, tool, arguments)).build(), BodyHandlers.ofLines()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<JsonNode> messages(Stream<String> lines) {
    return lines
        .filter(line -> line.startsWith("data: "))
        .map(line -> Served.json(line.substring(6)))
        .toList();
  }

  private static String call(int id, String tool, ObjectNode arguments) {
    ObjectNode call = Served.JSON.createObjectNode();
    call.put("jsonrpc", "2.0").put("id", id).put("method", "tools/call");
    ObjectNode params = call.putObject("params").put("name", tool);
    params.set("arguments", arguments);
    params.putObject("_meta").put("progressToken", "token " + id);
    return call.toString();
  }
}
