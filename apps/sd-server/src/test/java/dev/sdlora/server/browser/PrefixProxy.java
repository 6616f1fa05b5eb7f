package dev.sdlora.server.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy that serves a server under a path, as nginx does with {@code location /sd/}. */
final class PrefixProxy implements AutoCloseable {
  private static final String PREFIX = "/sd";

  /** Headers that the client sets itself, in all cases. */
  private static final Set<String> OWN = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    OWN.addAll(Set.of("Host", "Connection", "Content-Length", "Upgrade", "Expect"));
    OWN.addAll(Set.of("Transfer-Encoding", ":status", "Date"));
  }

  private final URI server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpServer proxy;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  PrefixProxy(URI server) throws IOException {
    this.server = server;
    this.proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.setExecutor(threads);
    proxy.createContext(PREFIX + "/", this::forward);
    proxy.start();
  }

  /** Returns the address of the server behind the proxy, without a slash at the end. */
  URI uri() {
    return URI.create("http://127.0.0.1:%s%s".formatted(proxy.getAddress().getPort(), PREFIX));
  }

  private void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString().substring(PREFIX.length());
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(server + path))
              .method(
                  exchange.getRequestMethod(),
                  BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (!OWN.contains(name)) {
                  values.forEach(value -> request.header(name, value));
                }
              });
      request.header("X-Forwarded-Host", exchange.getRequestHeaders().getFirst("Host"));
      request.header("X-Forwarded-Prefix", PREFIX);
      answer(exchange, client.send(request.build(), BodyHandlers.ofInputStream()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, HttpResponse<InputStream> response)
      throws IOException {
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    boolean empty = response.statusCode() == 204 || response.statusCode() == 304;
    exchange.sendResponseHeaders(response.statusCode(), empty ? -1 : 0);
    if (empty) {
      return;
    }
    try (InputStream in = response.body();
        OutputStream out = exchange.getResponseBody()) {
      byte[] block = new byte[1 << 13];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        out.write(block, 0, read);
        out.flush();
      }
    }
  }

  @Override
  public void close() {
    proxy.stop(0);
    threads.shutdownNow();
  }
}
