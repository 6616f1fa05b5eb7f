package dev.sdlora.models;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A local site that records requests and fails on request. */
final class Site implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, HttpHandler> pages = new ConcurrentHashMap<>();
  private final ConcurrentLinkedDeque<HttpHandler> faults = new ConcurrentLinkedDeque<>();

  /** All requests in order. */
  final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** A request. */
  record Asked(String method, String path, Optional<String> token, Optional<String> range) {}

  Site() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    String path = exchange.getRequestURI().getRawPath() + (query == null ? "" : "?" + query);
    asked.add(
        new Asked(
            exchange.getRequestMethod(),
            path,
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))));
    try (exchange) {
      HttpHandler fault = exchange.getRequestMethod().equals("GET") ? faults.poll() : null;
      if (fault != null) {
        fault.handle(exchange);
      } else {
        pages.getOrDefault(path, status(404)).handle(exchange);
      }
    }
  }

  /** The address with an IP number, which counts as another host than {@link #byName()}. */
  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  URI byName() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  void page(String path, HttpHandler handler) {
    pages.put(path, handler);
  }

  /** Sets the response to the next request for content. */
  Site failing(HttpHandler fault) {
    faults.add(fault);
    return this;
  }

  List<Asked> gets() {
    return asked.stream().filter(question -> question.method().equals("GET")).toList();
  }

  static HttpHandler status(int status, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, -1);
    };
  }

  static HttpHandler text(String type, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return exchange -> {
      exchange.getResponseHeaders().add("Content-Type", type);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** A file that supports range requests. */
  static HttpHandler file(byte[] content, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().add("Content-Length", String.valueOf(content.length));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      String range = exchange.getRequestHeaders().getFirst("Range");
      int start = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      if (range != null && start >= content.length) {
        exchange.getResponseHeaders().add("Content-Range", "bytes */" + content.length);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      if (range != null) {
        exchange
            .getResponseHeaders()
            .add(
                "Content-Range",
                "bytes %s-%s/%s".formatted(start, content.length - 1, content.length));
      }
      exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - start);
      exchange.getResponseBody().write(content, start, content.length - start);
    };
  }

  /** Announces a whole file and closes the connection after some bytes. */
  static HttpHandler cut(byte[] content, int after) {
    return exchange -> {
      String range = exchange.getRequestHeaders().getFirst("Range");
      int start = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      if (range != null) {
        exchange
            .getResponseHeaders()
            .add(
                "Content-Range",
                "bytes %s-%s/%s".formatted(start, content.length - 1, content.length));
      }
      exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - start);
      exchange.getResponseBody().write(content, start, Math.max(0, after - start));
      exchange.getResponseBody().flush();
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
