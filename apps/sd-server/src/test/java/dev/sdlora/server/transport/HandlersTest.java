package dev.sdlora.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.server.http.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of the handlers before the routes, each in its own server, with small limits. */
class HandlersTest {
  private static final int BLOCK = 1 << 12;

  private final AtomicLong nanos = new AtomicLong();
  private LongSupplier clock = nanos::get;
  private final List<Server> servers = new ArrayList<>();

  /** Responds with the length of the body. */
  private static final class Counting extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      int length = Content.Source.asByteBuffer(request).remaining();
      Content.Sink.write(response, true, "length " + length + "\n", callback);
      return true;
    }
  }

  private int serve(Handler handler) throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(handler);
    server.start();
    servers.add(server);
    return connector.getLocalPort();
  }

  private int serveBodies(long limit, long memory) throws Exception {
    return serveBodies(limit, memory, Optional.empty());
  }

  private int serveRefusal() throws Exception {
    return serveBodies(100_000, 1 << 20, Optional.of(new Refusal(401, "no access")));
  }

  private int serveBodies(long limit, long memory, Optional<Refusal> refusal) throws Exception {
    RequestBodies bodies = new RequestBodies(limit, memory, clock, (request, response) -> refusal);
    bodies.setHandler(new Counting());
    return serve(bodies);
  }

  @AfterEach
  void stop() throws Exception {
    for (Server server : servers) {
      server.stop();
    }
  }

  private static String head(int length) {
    return "POST / HTTP/1.1\nHost: localhost\nContent-Length: %s\n".formatted(length);
  }

  /** Sends the head, and waits until the server reads the body. */
  private static RawClient begun(int port, int length) throws IOException {
    RawClient client = new RawClient(port).send(head(length) + "Expect: 100-continue\n\n");
    assertThat(client.line()).contains(" 100 ");
    assertThat(client.line()).isEmpty();
    return client;
  }

  private static String answer(int port, String request) throws IOException {
    try (RawClient client = new RawClient(port)) {
      return client.send(request).rest();
    }
  }

  @Test
  void body_reachesTheRouteWhole() throws Exception {
    int port = serveBodies(100_000, 1 << 20);
    String close = "Connection: close\n\n";
    assertThat(answer(port, head(90_000) + close + "x".repeat(90_000))).contains("length 90000");
    assertThat(
            answer(
                port,
                "POST / HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n"
                    + close
                    + "5\nabcde\n3\nabc\n0\n\n"))
        .contains("length 8");
  }

  @Test
  void bodies_beyondTheMemoryForAll_503() throws Exception {
    Semaphore clockRead = new Semaphore(0);
    clock =
        () -> {
          clockRead.release();
          return nanos.get();
        };
    int port = serveBodies(BLOCK, BLOCK);
    try (RawClient first = begun(port, 10)) {
      clockRead.drainPermits();
      first.send("12345");
      // The server reads the clock after it has kept a part of a body.
      assertThat(clockRead.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(20));
      assertThat(answer(port, head(5) + "Connection: close\n\nabcde"))
          // The time until the first body has arrived, or is refused after 30 seconds.
          .contains("Retry-After: 10", "Connection: close", "has " + BLOCK + " bytes of memory");
      first.send("67890");
      assertThat(first.line()).contains(" 200 ");
    }
    // Its memory is released shortly after the client has received the response.
    String answer;
    do {
      answer = answer(port, head(5) + "Connection: close\n\nabcde");
    } while (!answer.contains(" 200 "));
    assertThat(answer).contains("length 5");
  }

  @Test
  void body_comesInTooSlowly_408() throws Exception {
    int port = serveBodies(100_000, 1 << 20);
    try (RawClient slow = begun(port, 1000)) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
      slow.send("1");
      assertThat(slow.rest()).contains(" 408 ", "Connection: close", "bytes per second");
    }
  }

  @Test
  void longBody_afterExpect_413BeforeItIsSent() throws Exception {
    int port = serveBodies(100, 1 << 20);
    assertThat(answer(port, head(101) + "Expect: 100-continue\n\n"))
        .startsWith("HTTP/1.1 413")
        .contains("more than 100 bytes");
  }

  @Test
  void refusedRequest_isAnsweredAfterItsBody() throws Exception {
    int port = serveRefusal();
    String next = "GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n";
    try (RawClient client = new RawClient(port).send(head(5) + "\n")) {
      assertThat(answer(port, next)).contains(" 401 ", "no access");
      assertThat(client.send("abcde" + next).rest().split(" 401 ")).hasSize(3);
    }
  }

  @Test
  void refusedRequest_bodyNotYetSent_closesTheConnection() throws Exception {
    assertThat(answer(serveRefusal(), head(5) + "Expect: 100-continue\n\n"))
        .contains(" 401 ", "Connection: close");
  }

  @Test
  void refusedRequest_bodyIsTooLong_closesTheConnection() throws Exception {
    int port = serveRefusal();
    int sent = (1 << 24) + 1;
    assertThat(answer(port, head(sent + 1) + "\n" + "x".repeat(sent)))
        .contains(" 401 ", "Connection: close");
  }

  @Test
  void refusedRequest_bodyArrivesTooSlowly_closesTheConnection() throws Exception {
    clock = () -> nanos.addAndGet(TimeUnit.SECONDS.toNanos(31));
    assertThat(answer(serveRefusal(), head(1000) + "\n1")).contains(" 401 ", "Connection: close");
  }

  @Test
  void longBody_alreadyOnItsWay_413() throws Exception {
    int port = serveBodies(100, 1 << 20);
    String close = "Connection: close\n\n";
    assertThat(answer(port, head(5000) + close + "x".repeat(5000))).contains(" 413 ");
  }

  @Test
  void manyRequests_waitForTheirTurn_andSignsOfLifeDoNot() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Boolean> begun = new CompletableFuture<>();
    RequestsAtOnce requests = new RequestsAtOnce(1, 0);
    requests.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            if (Request.getPathInContext(request).equals("/long")) {
              begun.complete(true);
              end.await();
            }
            Content.Sink.write(response, true, "done", callback);
            return true;
          }
        });
    int port = serve(requests);
    String tail = " HTTP/1.1\nHost: localhost\nConnection: close\n\n";
    try (RawClient first = new RawClient(port).send("GET /long" + tail)) {
      begun.join();
      assertThat(answer(port, "GET /other" + tail)).contains(" 503 ", "Retry-After: 30", "detail");
      assertThat(answer(port, "GET /health" + tail)).contains(" 200 ");
      end.countDown();
      assertThat(first.rest()).contains(" 200 ");
    }
  }

  @Test
  void clientThatDoesNotRead_losesItsConnection() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    SlowReaders readers = new SlowReaders(1, Long.MAX_VALUE);
    readers.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            response.write(
                true,
                ByteBuffer.allocate(1 << 26),
                Callback.from(
                    callback::succeeded,
                    error -> {
                      failure.complete(error);
                      callback.failed(error);
                    }));
            return true;
          }
        });
    int port = serve(readers);
    try (RawClient client = new RawClient(port).send("GET / HTTP/1.1\nHost: localhost\n\n")) {
      assertThat(failure.join()).isNotNull();
      assertThat(client.rest().length()).isLessThan(1 << 26);
    }
  }
}
