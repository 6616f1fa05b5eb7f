package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.request.image.Base64Images;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events about all jobs, and the order of waiting jobs, with one job running at a time. */
@SuppressWarnings("NullAway.Init")
class EventsTest {
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline, settings -> settings.history(3));
  }

  @AfterEach
  void nothingIsLeft() {
    deleteAll(); // Cancels running jobs, which are forgotten only once they end.
    served.untilIdle();
    deleteAll();
    assertThat(served.get("/api/jobs").get("jobs")).isEmpty();
  }

  private static void deleteAll() {
    for (JsonNode job : served.get("/api/jobs").get("jobs")) {
      served.send(served.request("/api/jobs/" + job.get("id").asText()).DELETE());
    }
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  private static String submit(String body) {
    return served.ask("/api/jobs", body).get("id").asText();
  }

  private static int place(String id) {
    return served.get("/api/jobs/" + id).get("place").asInt();
  }

  /** A client that receives all events. */
  private static final class Listener implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    private record Event(String name, JsonNode data) {}

    Listener(Served server, String path) throws IOException {
      this.socket = new Socket(server.server.uri().getHost(), server.server.uri().getPort());
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n"
                  .formatted(path)
                  .getBytes(StandardCharsets.UTF_8));
      this.lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      until(line -> line.isEmpty());
    }

    private String until(Predicate<String> wanted) {
      try {
        String line = lines.readLine();
        while (line != null && !wanted.test(line)) {
          line = lines.readLine();
        }
        return line == null ? "" : line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Event next() {
      String name = until(line -> line.startsWith("event: "));
      String data = until(line -> line.startsWith("data: "));
      return new Event(name.substring(7), Served.json(data.substring(6)));
    }

    JsonNode next(String name, Predicate<JsonNode> wanted) {
      Event event = next();
      while (!event.name().equals(name) || !wanted.test(event.data())) {
        event = next();
      }
      return event.data();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Predicate<JsonNode> is(String id, String state) {
    return job -> job.get("id").asText().equals(id) && job.get("state").asText().equals(state);
  }

  @Test
  void events_beginWithAll_thenTellWhatIsNew() throws IOException {
    String first = submit(Served.LONG);
    try (Listener page = new Listener(served, "/api/events")) {
      JsonNode known = page.next("jobs", all -> true).get("jobs");
      served.until("/api/jobs/" + first, is(first, "running"));
      String second = submit("{'prompt': 'a ring', 'width': 64, 'height': 64, 'steps': 2}");
      JsonNode waiting = page.next("job", is(second, "waiting"));
      JsonNode preview = page.next("preview", look -> look.get("id").asText().equals(first));
      served.send(served.request("/api/jobs/" + first).DELETE());
      page.next("job", is(first, "cancelled"));
      JsonNode done = page.next("job", is(second, "done"));
      served.send(served.request("/api/jobs/" + second).DELETE());
      JsonNode removed = page.next("removed", gone -> true);
      assertThat(known).hasSize(1);
      assertThat(known.get(0).get("id").asText()).isEqualTo(first);
      assertThat(waiting.get("place").asInt()).isEqualTo(1);
      assertThat(preview.get("image").asText()).startsWith("data:image/png;base64,");
      assertThat(done.get("images")).hasSize(1);
      assertThat(removed.get("id").asText()).isEqualTo(second);
    }
  }

  @Test
  void events_clientThatComesBack_findsWhatRuns() throws IOException {
    String id = submit(Served.LONG);
    try (Listener page = new Listener(served, "/api/events")) {
      page.next("job", is(id, "running"));
    }
    try (Listener again = new Listener(served, "/api/events?previews=false")) {
      JsonNode known = again.next("jobs", all -> true).get("jobs").get(0);
      assertThat(known.get("state").asText()).isEqualTo("running");
      assertThat(known.get("settings").get("prompt").asText()).isEqualTo("a red star");
      assertThat(again.next().name()).isEqualTo("job");
    }
  }

  @Test
  void events_endWithTheServer() throws IOException {
    Served other = Served.of(pipeline);
    Listener page = new Listener(other, "/api/events");
    page.next("jobs", all -> true);
    CompletableFuture<String> rest = CompletableFuture.supplyAsync(() -> restOf(page));
    other.close(); // The server waits for clients to close connections that have ended.
    assertThat(rest.join()).isEmpty();
  }

  private static String restOf(Listener page) {
    try (page) {
      return page.until(line -> line.startsWith("event"));
    }
  }

  @Test
  void move_changesWhoDrawsNext() {
    List<String> ids = IntStream.range(0, 4).mapToObj(i -> submit(Served.LONG)).toList();
    served.until("/api/jobs/" + ids.get(0), job -> job.get("state").asText().equals("running"));
    JsonNode moved = served.ask("/api/jobs/" + ids.get(3) + "/move", "{'place': 1}");
    assertThat(moved.get("place").asInt()).isEqualTo(1);
    assertThat(List.of(place(ids.get(1)), place(ids.get(2)))).containsExactly(2, 3);
    served.send(served.request("/api/jobs/" + ids.get(0)).DELETE());
    served.until("/api/jobs/" + ids.get(3), job -> job.get("state").asText().equals("running"));
    assertThat(served.send(served.post("/api/jobs/" + ids.get(3) + "/move", "{'place': 1}")).body())
        .contains("is no longer waiting");
    assertThat(served.send(served.post("/api/jobs/" + ids.get(1) + "/move", "{}")).statusCode())
        .isEqualTo(422);
    assertThat(served.send(served.post("/api/jobs/none/move", "{'place': 1}")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void settings_areWhatWasAsked_withTheSeedAndWithoutPictures() {
    String id =
        submit(
            "{'prompt': 'a ring', 'steps': 2, 'init_images': ['data:image/png;base64,%s']}"
                .formatted(
                    Base64Images.base64(
                        Base64Images.png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB)))));
    JsonNode settings = served.get("/api/jobs/" + id).get("settings");
    assertThat(settings.get("prompt").asText()).isEqualTo("a ring");
    assertThat(settings.get("seed").asLong()).isNotNegative();
    assertThat(settings.get("init_images")).isEmpty();
    assertThat(settings.has("sampler_name")).isFalse();
  }

  @Test
  void settings_ofOtherInterfaces_areThoseOfThisOne() {
    served.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', 'width': 64, 'height': 64, 'steps': 1}");
    JsonNode settings = served.get("/api/jobs").get("jobs").get(0).get("settings");
    assertThat(settings.get("sampler_name").asText()).isEqualTo("Euler"); // A1111's default.
    assertThat(settings.get("seed").asLong()).isNotNegative();
  }
}
