package dev.sdlora.server.sdapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.ApiKey;
import dev.sdlora.server.Served;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A1111's options of private API keys and of others. */
@SuppressWarnings("NullAway.Init")
class PrivateOptionsTest {
  private static final String SMALL =
      "'prompt': 'a red star', 'width': 64, 'height': 64, 'steps': 1, 'seed': 7";
  @TempDir Path folder;
  private Served served;

  @BeforeEach
  void open() throws IOException {
    Files.copy(TinyModels.CHECKPOINT, folder.resolve("tiny-sd1.safetensors"));
    served =
        Served.of(
            pipeline(Checkpoint.open(DemoModel.checkpoint())),
            settings ->
                settings
                    .checkpointDirectory(folder, PrivateOptionsTest::pipeline)
                    .apiKey(ApiKey.of("team", "sk-team-000"))
                    .apiKey(ApiKey.of("shy", "sk-shy-0000").hideOthers())
                    .apiKey(ApiKey.of("new", "sk-new-0000").hideOthers()));
  }

  private static Pipeline pipeline(Checkpoint checkpoint) {
    return Pipeline.builder().checkpoint(checkpoint).precision(Precision.FLOAT32).build();
  }

  @AfterEach
  void close() {
    served.close();
    served.pipeline.close();
  }

  private JsonNode send(String key, HttpRequest.Builder request) {
    String token = key.equals("team") ? "sk-team-000" : "sk-" + key + "-0000";
    return Served.json(served.send(request.header("Authorization", "Bearer " + token)));
  }

  private void set(String key, String options) {
    send(key, served.post("/sdapi/v1/options", options));
  }

  /** The settings of an image that a client draws with its options. */
  private String drawn(String key, String more) {
    String body = "{%s%s}".formatted(SMALL, more);
    JsonNode answer = send(key, served.post("/sdapi/v1/txt2img", body));
    return Served.json(answer.get("info").asText()).at("/infotexts/0").asText();
  }

  private String option(String key, String name) {
    return send(key, served.request("/sdapi/v1/options")).get(name).asText();
  }

  @Test
  void options_ofAPrivateKey_applyToItsRequestsAlone() {
    set("shy", "{'sd_model_checkpoint': 'tiny-sd1', 'CLIP_stop_at_last_layers': 2}");
    assertThat(drawn("shy", "")).contains("Model: tiny-sd1,", "Clip skip: 2");
    assertThat(option("shy", "sd_model_checkpoint")).startsWith("tiny-sd1");
    assertThat(option("shy", "CLIP_stop_at_last_layers")).isEqualTo("2");
    for (String other : new String[] {"team", "new"}) {
      assertThat(drawn(other, "")).contains("Model: demo-sd1,").doesNotContain("Clip skip");
      assertThat(option(other, "sd_model_checkpoint")).startsWith("demo-sd1");
      assertThat(option(other, "CLIP_stop_at_last_layers")).isEqualTo("1");
    }
    String chosen = ", 'override_settings': {'sd_model_checkpoint': 'demo-sd1'}";
    assertThat(drawn("shy", chosen)).contains("Model: demo-sd1,", "Clip skip: 2");
  }

  @Test
  void options_ofOthers_applyToNoPrivateKey() {
    set("team", "{'CLIP_stop_at_last_layers': 3}");
    assertThat(drawn("team", "")).contains("Clip skip: 3");
    assertThat(drawn("shy", "")).doesNotContain("Clip skip");
    set("shy", "{'CLIP_stop_at_last_layers': 2}");
    set("team", "{'CLIP_stop_at_last_layers': 4}");
    assertThat(drawn("shy", "")).contains("Clip skip: 2");
  }

  @Test
  void keptOverrides_ofAPrivateKey_areItsOwn() {
    String kept =
        ", 'override_settings': {'sd_model_checkpoint': 'tiny-sd1'},"
            + " 'override_settings_restore_afterwards': false";
    drawn("shy", kept);
    assertThat(drawn("shy", "")).contains("Model: tiny-sd1,");
    assertThat(drawn("team", "")).contains("Model: demo-sd1,");
    drawn("team", kept);
    assertThat(drawn("team", "")).contains("Model: tiny-sd1,");
    assertThat(drawn("new", "")).contains("Model: tiny-sd1,");
  }
}
