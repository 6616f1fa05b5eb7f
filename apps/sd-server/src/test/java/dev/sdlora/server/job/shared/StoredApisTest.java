package dev.sdlora.server.job.shared;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.Served;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The APIs whose jobs are in a database answer as those whose jobs are in memory. */
@SuppressWarnings("NullAway.Init")
class StoredApisTest {
  private static final String SIZE = "'width': 64, 'height': 64, 'steps': 4, 'seed': 4";
  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static Served plain;
  private static Served stored;

  @BeforeAll
  static void open() {
    pipeline = Served.pipeline(1);
    plain = Served.of(pipeline);
    stored = Served.of(pipeline, settings -> settings.jobs(folder.toString(), Duration.ofDays(1)));
  }

  @AfterAll
  static void close() {
    stored.close();
    plain.close();
    pipeline.close();
  }

  private static String both(String path, String body, String... varying) {
    String expected = without(plain.send(plain.post(path, body)), varying);
    String found = without(stored.send(stored.post(path, body)), varying);
    assertThat(found).isEqualTo(expected);
    return found;
  }

  private static String without(HttpResponse<String> answer, String... varying) {
    String text = answer.statusCode() + " " + answer.body();
    for (String field : varying) {
      text = text.replaceAll("(" + field + "\\W+)[\\w.:-]+", "$1…");
    }
    return text;
  }

  @Test
  void a1111_sameAnswer() {
    String body =
        "{'prompt': 'a ring<lora:night:1>', 'negative_prompt': 'x', 'sampler_name': 'Euler a',"
            + " 'eta': 0.3, 'n_iter': 2, 'subseed': 7, 'subseed_strength': 0.2,"
            + " 'override_settings': {'CLIP_stop_at_last_layers': 2}, 'odd': 1, "
            + SIZE
            + "}";
    assertThat(both("/sdapi/v1/txt2img", body, "job_timestamp", "job_id")).startsWith("200");
  }

  @Test
  void a1111_imageToImage_withAReference_sameAnswer() {
    JsonNode drawn = plain.ask("/sdapi/v1/txt2img", "{'prompt': 'a ring', " + SIZE + "}");
    String body =
        "{'prompt': 'a star', 'denoising_strength': 0.5, 'init_images': ['%s'], %s}"
            .formatted(drawn.get("images").get(0).asText(), SIZE);
    assertThat(both("/sdapi/v1/img2img", body, "job_timestamp", "job_id")).startsWith("200");
  }

  @Test
  void a1111_optionsOfTheServer_areKept() {
    plain.ask("/sdapi/v1/options", "{'eta_noise_seed_delta': 31337}");
    stored.ask("/sdapi/v1/options", "{'eta_noise_seed_delta': 31337}");
    String body = "{'prompt': 'a ring', 'sampler_name': 'Euler a', " + SIZE + "}";
    assertThat(both("/sdapi/v1/txt2img", body, "job_timestamp", "job_id")).contains("ENSD: 31337");
    plain.ask("/sdapi/v1/options", "{'eta_noise_seed_delta': 0}");
    stored.ask("/sdapi/v1/options", "{'eta_noise_seed_delta': 0}");
  }

  @Test
  void failures_sameAnswer() {
    String body = "{'prompt': 'a ring<lora:absent:1>', " + SIZE + "}";
    assertThat(both("/sdapi/v1/txt2img", body)).startsWith("422");
    assertThat(both("/v1/images/generations", body)).startsWith("400");
  }

  @Test
  void openAi_sameAnswer_alsoAsStream() {
    String body = "{'prompt': 'a ring', 'size': '64x64', 'n': 2, 'steps': 4, 'seed': 4";
    assertThat(both("/v1/images/generations", body + ", 'quality': 'high'}", "created"))
        .startsWith("200");
    String stream = body + ", 'stream': true, 'partial_images': 2}";
    assertThat(both("/v1/images/generations", stream, "created_at")).contains("partial_image");
  }

  @Test
  void grid_sameSheetAndCells() {
    String body =
        "{'request': {'prompt': 'a ring', " + SIZE + "}, 'x': {'axis': 'cfg', 'values': '2, 5'}}";
    JsonNode expected = grid(plain, body);
    JsonNode found = grid(stored, body);
    for (String field : new String[] {"settings", "details", "warnings", "loras"}) {
      assertThat(found.get(field)).describedAs(field).isEqualTo(expected.get(field));
    }
    for (String path : new String[] {"/api/jobs/%s/images/0", "/api/grids/%s/cells/1"}) {
      assertThat(bytes(stored, path, found)).isEqualTo(bytes(plain, path, expected));
    }
  }

  private static JsonNode grid(Served served, String body) {
    String id = served.ask("/api/grids", body).get("id").asText();
    return served.until("/api/jobs/" + id, job -> job.get("state").asText().equals("done"));
  }

  private static byte[] bytes(Served served, String path, JsonNode job) {
    HttpResponse<byte[]> answer =
        served.sendForBytes(served.request(path.formatted(job.get("id").asText())));
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void interrupt_keepsTheUnfinishedImage() {
    CompletableFuture<HttpResponse<String>> answer =
        stored.sendAsync(stored.post("/sdapi/v1/txt2img", Served.LONG));
    stored.until("/sdapi/v1/progress", now -> now.get("state").get("sampling_step").asInt() > 1);
    stored.ask("/sdapi/v1/interrupt", "{}");
    JsonNode ended = Served.json(answer.join());
    assertThat(ended.get("images")).hasSize(1);
    assertThat(Served.json(ended.get("info").asText()).get("interrupted").asBoolean()).isTrue();
  }

  @Test
  void stoppedServer_answersItsClients() {
    CompletableFuture<HttpResponse<String>> answer;
    try (Served stopped =
        Served.of(
            pipeline,
            settings -> settings.jobs(folder.resolve("own").toString(), Duration.ofDays(1)))) {
      answer = stopped.sendAsync(stopped.post("/sdapi/v1/txt2img", Served.LONG));
      stopped.until("/sdapi/v1/progress", now -> now.get("state").get("sampling_step").asInt() > 1);
    }
    ObjectNode ended = (ObjectNode) Served.json(answer.join());
    assertThat(ended.get("images")).isEmpty();
  }
}
