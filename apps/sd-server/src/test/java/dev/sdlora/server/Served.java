package dev.sdlora.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A server with the bundled model, and an HTTP client. */
public final class Served implements AutoCloseable {
  public static final ObjectMapper JSON = new ObjectMapper();

  /** A request that draws for most of a minute unless it is cancelled. */
  public static final String LONG =
      "{'prompt': 'a red star', 'width': 128, 'height': 128, 'steps': 1000, 'seed': 1}";

  public final Pipeline pipeline;
  public final SdServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  private Served(Pipeline pipeline, UnaryOperator<SdServerBuilder> settings) {
    this.pipeline = pipeline;
    this.server = settings.apply(SdServer.builder(pipeline).port(0)).start();
  }

  public static Pipeline pipeline(int concurrency) {
    return Pipeline.builder()
        .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
        .loraDirectory(DemoModel.loras())
        .precision(Precision.FLOAT32)
        // Otherwise the other requests of a batch decide how LoRAs are applied, and rounding with
        // it.
        .loraMode(LoraMode.OVERLAY)
        .concurrency(concurrency)
        .build();
  }

  public static Served of(Pipeline pipeline, UnaryOperator<SdServerBuilder> settings) {
    return new Served(pipeline, settings);
  }

  public static Served of(Pipeline pipeline) {
    return new Served(pipeline, settings -> settings);
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.uri() + path));
  }

  public HttpRequest.Builder post(String path, String body) {
    return request(path).POST(BodyPublishers.ofString(body.replace('\'', '"')));
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest.Builder request) {
    return client.sendAsync(request.build(), BodyHandlers.ofString());
  }

  public JsonNode get(String path) {
    return json(send(request(path)));
  }

  public JsonNode ask(String path, String body) {
    return json(send(post(path, body)));
  }

  public static JsonNode json(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new AssertionError(answer.statusCode() + ": " + answer.body());
    }
    return json(answer.body());
  }

  public static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  /** Polls until the response satisfies a condition. */
  public JsonNode until(String path, Predicate<JsonNode> holds) {
    JsonNode answer = get(path);
    while (!holds.test(answer)) {
      Thread.onSpinWait();
      answer = get(path);
    }
    return answer;
  }

  /** Waits until nothing is drawing: a cancelled request still finishes its step. */
  public JsonNode untilIdle() {
    return until("/api/jobs", answer -> unfinished(answer) == 0);
  }

  public static long unfinished(JsonNode jobs) {
    long count = 0;
    for (JsonNode job : jobs.get("jobs")) {
      String state = job.get("state").asText();
      count += state.equals("waiting") || state.equals("running") ? 1 : 0;
    }
    return count;
  }

  @Override
  public void close() {
    server.close();
  }
}
