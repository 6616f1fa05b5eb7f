package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A packaged server in a process of its own; closing kills it at once. */
record ServingProcess(Process process, BufferedReader out, URI address) implements AutoCloseable {
  private static final Path APP = Path.of("target/app").toAbsolutePath();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Starts a server and waits until it is ready. */
  static ServingProcess withJobs(String place) throws IOException {
    return start("--jobs", place);
  }

  /** Starts a server with options of {@code sd serve} and waits until it is ready. */
  static ServingProcess start(String... options) throws IOException {
    return startAt(0, List.of(options));
  }

  /** Starts a server at a port, 0 for any, and waits until it is ready. */
  static ServingProcess startAt(int port, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of(APP.resolve("bin/sd").toString(), "serve"));
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out = process.inputReader();
    return new ServingProcess(process, out, URI.create(String.valueOf(out.readLine())));
  }

  /** Submits a job and returns its id. */
  String submit(String key, int seed, int steps) throws IOException, InterruptedException {
    String body =
        "{\"prompt\": \"a ring\", \"width\": 64, \"height\": 64, \"steps\": %s, \"seed\": %s}"
            .formatted(steps, seed);
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/api/jobs"))
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(202);
    return JSON.readTree(answer.body()).get("id").asText();
  }

  /** Submits a job until the database of the jobs can be used. */
  String submitAgain(String key, int seed, int steps) throws InterruptedException {
    while (true) {
      try {
        return submit(key, seed, steps);
      } catch (AssertionError | IOException e) {
        assertThat(e).hasMessageContaining("cannot be used now");
        Thread.sleep(200);
      }
    }
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = read(path);
    assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> read(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address.resolve(path)).build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  byte[] image(JsonNode job) throws IOException, InterruptedException {
    URI image = address.resolve(job.get("images").get(0).get("url").asText());
    HttpRequest request = HttpRequest.newBuilder(image).build();
    return CLIENT.send(request, BodyHandlers.ofByteArray()).body();
  }

  /**
   * Waits until a job has a state; fails if it ends with another one. Asks again while the database
   * of the jobs cannot be used: connections that it closed fail once each.
   */
  JsonNode until(String id, String state) throws IOException, InterruptedException {
    while (true) {
      HttpResponse<String> answer = read("/api/jobs/" + id);
      if (answer.statusCode() != 503) {
        assertThat(answer.statusCode()).describedAs(answer.body()).isEqualTo(200);
        JsonNode job = JSON.readTree(answer.body());
        if (job.get("state").asText().equals(state)) {
          return job;
        }
        assertThat(job.get("state").asText()).isIn("waiting", "running");
      } else {
        assertThat(answer.body()).contains("cannot be used now");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    var unused = process.destroyForcibly().onExit().join();
  }
}
