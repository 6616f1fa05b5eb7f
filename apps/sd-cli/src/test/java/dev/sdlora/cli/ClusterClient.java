package dev.sdlora.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A client of a cluster that submits jobs, repeats its requests, cancels, watches and disconnects,
 * all at random, until its time is over. It repeats a request with the same key until it is
 * answered.
 */
final class ClusterClient implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** The requests; each one has its own image. */
  static final List<String> REQUESTS =
      List.of(
          request("a ring", 1),
          request("a ring", 2),
          request("a red star <lora:ink_lines:0.8>", 3),
          request("a red star <lora:ink_lines:0.8>", 4),
          request("a heart <lora:night:1>", 5),
          request("a heart <lora:night:0.6><lora:zorp:1>", 6));

  private final URI front;
  private final String name;
  private final Random random;
  private final long end;
  private final ClusterRecord record;
  private int keys;

  ClusterClient(URI front, int number, long end, ClusterRecord record) {
    this.front = front;
    this.name = "client " + number;
    this.random = new Random(number);
    this.end = end;
    this.record = record;
  }

  private static String request(String prompt, int seed) {
    return "{\"prompt\": \"%s\", \"width\": 64, \"height\": 64, \"steps\": 8, \"seed\": %s}"
        .formatted(prompt, seed);
  }

  @Override
  public void run() {
    try {
      while (System.nanoTime() < end) {
        act();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void act() throws InterruptedException {
    int number = random.nextInt(REQUESTS.size());
    switch (random.nextInt(8)) {
      case 0, 1 -> submit(number);
      case 2 -> {
        int repeats = 1 + random.nextInt(3);
        String key = name + ", request " + keys++;
        String id = submit(key, number);
        for (int i = 0; i < repeats; i++) {
          String again = submit(key, number);
          if (!again.equals(id)) {
            record.faults.add("a repeated key has jobs " + id + " and " + again);
          }
        }
      }
      case 3 -> {
        String id = submit(number);
        record.cancelled.add(id);
        send("cancel", to("/api/jobs/" + id).DELETE());
      }
      case 4 -> {
        String id = submit(number);
        send("events", to("/api/jobs/" + id + "/events").timeout(Duration.ofMillis(300)));
      }
      case 5 ->
          send(
              "disconnect",
              post("/sdapi/v1/txt2img", REQUESTS.get(number))
                  .timeout(Duration.ofMillis(1 + random.nextInt(500))));
      case 6 -> drawAndCompare(number);
      default -> send("list", to("/api/jobs"));
    }
  }

  private void drawAndCompare(int number) throws InterruptedException {
    Optional<HttpResponse<String>> answer =
        send(
            "draw", post("/sdapi/v1/txt2img", REQUESTS.get(number)).timeout(Duration.ofMinutes(2)));
    if (answer.isPresent() && answer.get().statusCode() == 200) {
      record.images.put(parsed(answer.get()).get("images").get(0).asText(), number);
    }
  }

  private String submit(int number) throws InterruptedException {
    return submit(name + ", request " + keys++, number);
  }

  /** Repeats a request until it is answered. */
  private String submit(String key, int number) throws InterruptedException {
    while (true) {
      Optional<HttpResponse<String>> answer =
          send(
              "submit",
              post("/api/jobs", REQUESTS.get(number))
                  .header("Idempotency-Key", key)
                  .timeout(Duration.ofSeconds(60)));
      if (answer.isPresent() && answer.get().statusCode() == 202) {
        String id = parsed(answer.get()).get("id").asText();
        record.jobs.put(id, number);
        return id;
      }
      Thread.sleep(100 + random.nextInt(400));
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(front.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  private HttpRequest.Builder post(String path, String body) {
    return to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
  }

  /** Sends a request; empty if the connection was lost or the client did not wait any longer. */
  private Optional<HttpResponse<String>> send(String what, HttpRequest.Builder request)
      throws InterruptedException {
    try {
      HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
      record.count(what + " " + answer.statusCode());
      if (answer.statusCode() >= 500 && answer.statusCode() != 503) {
        record.faults.add(what + ": " + answer.statusCode() + " " + answer.body());
      }
      return Optional.of(answer);
    } catch (IOException e) {
      record.count(what + " without answer");
      Thread.sleep(50);
      return Optional.empty();
    }
  }

  private static JsonNode parsed(HttpResponse<String> answer) {
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(answer.body(), e);
    }
  }

  /** Draws a request by A1111's API. */
  static byte[] draw(URI server, int number) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/sdapi/v1/txt2img"))
            .POST(BodyPublishers.ofString(REQUESTS.get(number)))
            .build();
    HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
    return Base64.getDecoder().decode(parsed(answer).get("images").get(0).asText());
  }

  /** Draws a request as a job. */
  static byte[] drawJob(URI server, int number) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve("/api/jobs"))
            .POST(BodyPublishers.ofString(REQUESTS.get(number)))
            .build();
    JsonNode job = parsed(CLIENT.send(request, BodyHandlers.ofString()));
    return image(server, job.get("id").asText());
  }

  /** Waits for the end of a job and returns its image; empty if it has none. */
  static byte[] image(URI server, String id) throws IOException, InterruptedException {
    while (true) {
      HttpRequest look = HttpRequest.newBuilder(server.resolve("/api/jobs/" + id)).build();
      JsonNode job = parsed(CLIENT.send(look, BodyHandlers.ofString()));
      String state = job.path("state").asText();
      if (state.equals("done")) {
        URI image = server.resolve(job.get("images").get(0).get("url").asText());
        HttpRequest get = HttpRequest.newBuilder(image).build();
        return CLIENT.send(get, BodyHandlers.ofByteArray()).body();
      }
      if (!state.equals("waiting") && !state.equals("running")) {
        return new byte[0];
      }
      Thread.sleep(20);
    }
  }
}
