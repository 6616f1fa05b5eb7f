package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The studio's files over HTTP. */
@SuppressWarnings("NullAway.Init")
class PageTest {
  private static final Pattern IMPORT = Pattern.compile("(?:from|import) \"(\\.[^\"]+)\"");
  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"(studio/[^\"]+)\"");
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline);
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  /** A wrong name in an import would leave the page blank. */
  @Test
  void everythingThatThePageAsksForIsThere() {
    List<String> open = new ArrayList<>();
    links(LINK, "/", served.send(served.request("/")).body(), open);
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String path = open.remove(open.size() - 1);
      if (seen.add(path)) {
        HttpResponse<String> answer = served.send(served.request(path));
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        links(IMPORT, path, answer.body(), open);
      }
    }
    assertThat(seen).contains("/studio/main.js", "/studio/core/api.js", "/studio/studio.css");
  }

  private static void links(Pattern pattern, String from, String text, List<String> found) {
    Matcher link = pattern.matcher(text);
    while (link.find()) {
      found.add(URI.create(from).resolve(link.group(1)).getPath());
    }
  }

  @Test
  void aBrowserIsToldWhatItNeedsAndNothingFromElsewhere() throws IOException {
    HttpRequest.Builder request = served.request("/").header("Accept-Encoding", "gzip, deflate");
    HttpResponse<byte[]> answer = served.sendForBytes(request);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes())
        .asString()
        .isEqualTo(served.send(served.request("/")).body())
        .startsWith("<!doctype html>");
    assertThat(answer.headers().firstValue("Content-Security-Policy"))
        .get()
        .asString()
        .startsWith("default-src 'self';");
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again = served.send(served.request("/").header("If-None-Match", tag));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/studio/none.js",
        "/studio/PageFiles.class",
        "/studio/../SdServer.class",
        "/studio/%2e%2e/SdServer.class",
        "/studio/core/..%2fmain.js",
        "/studio//etc/passwd",
        "/studio/core/"
      })
  void nothingElseIsServed(String path) {
    assertThat(served.send(served.request(path)).statusCode()).isIn(400, 404);
  }

  @Test
  void model_wordsKnown_givesExamplesOfThem() {
    JsonNode examples = served.get("/api/model").get("examples");
    assertThat(examples).hasSize(3);
    for (JsonNode example : examples) {
      JsonNode read = served.ask("/api/prompt", "{'prompt': '%s'}".formatted(example.asText()));
      assertThat(read.at("/prompt/problems")).as(example.asText()).isEmpty();
    }
  }

  @Test
  void theModelTellsItsChoicesAndDefaults() {
    JsonNode model = served.get("/api/model");
    assertThat(model.get("name").asText()).isEqualTo("demo-sd1");
    assertThat(model.get("precision").asText()).isEqualTo("float32");
    assertThat(model.at("/weights/file").asText()).isEqualTo("float16");
    assertThat(model.at("/weights/memory").asText()).isEqualTo("float32");
    assertThat(model.get("usage_hint").asText()).contains("seeds change an image very little");
    assertThat(model.get("samplers")).extracting(JsonNode::asText).contains("DPM++ 2M", "LCM");
    assertThat(model.at("/defaults/width").asInt()).isEqualTo(128);
    assertThat(model.at("/defaults/sampler_name").asText()).isEqualTo("DPM++ 2M");
    JsonNode job = served.ask("/api/jobs", "{'prompt': 'a ring', 'steps': 1}");
    served.untilIdle();
    String parameters =
        served.get("/api/jobs/" + job.get("id").asText()).at("/images/0/parameters").asText();
    assertThat(parameters)
        .contains(
            "CFG scale: " + model.at("/defaults/cfg_scale").asInt(),
            "Sampler: " + model.at("/defaults/sampler_name").asText(),
            "Size: 128x128");
  }
}
