package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.mcp.RawMcp;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One server with checkpoints of several families, of which memory holds two. */
class CheckpointsTest {
  private static final String SMALL =
      "'prompt': 'a red star', 'width': 64, 'height': 64, 'steps': 2, 'seed': 7";
  private static final List<String> NAMES = List.of("demo-sd1", "flux", "tiny-sd1", "zimage");

  @TempDir static Path folder;
  @TempDir static Path database;
  private static final List<Pipeline> OPENED = new CopyOnWriteArrayList<>();
  private static long most;
  private static Served served;

  @BeforeAll
  static void start() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("sub"));
    Files.createSymbolicLink(folder.resolve("flux"), TinyTransformers.flux1Folder());
    Files.createSymbolicLink(inside.resolve("zimage"), TinyTransformers.zImageFolder());
    Files.copy(TinyModels.CHECKPOINT, folder.resolve("tiny-sd1.safetensors"));
    Files.copy(TinyModels.LORA, folder.resolve("lora.safetensors"));
    Files.writeString(folder.resolve("notes.safetensors"), "not a model");
    most = 2 * NAMES.stream().mapToLong(CheckpointsTest::bytes).max().orElseThrow();
    served =
        Served.of(
            open(Checkpoint.open(file("demo-sd1"))),
            settings ->
                settings
                    .checkpointDirectory(folder, CheckpointsTest::open)
                    .maxWeightBytes(most)
                    .jobs(database.toString(), Duration.ofDays(1)));
  }

  private static long bytes(String name) {
    return Checkpoint.open(file(name)).weightBytes();
  }

  private static Path file(String name) {
    return switch (name) {
      case "demo-sd1" -> DemoModel.checkpoint();
      case "flux" -> folder.resolve("flux");
      case "zimage" -> folder.resolve("sub/zimage");
      default -> folder.resolve(name + ".safetensors");
    };
  }

  private static Pipeline open(Checkpoint checkpoint) {
    Pipeline opened =
        Pipeline.builder()
            .checkpoint(checkpoint)
            .loraDirectory(DemoModel.loras())
            .precision(Precision.FLOAT32)
            .build();
    OPENED.add(opened);
    return opened;
  }

  @AfterAll
  static void stop() {
    served.close();
    assertThat(OPENED).hasSizeGreaterThan(NAMES.size()).allMatch(one -> one.liveTensors() == 0);
  }

  /** Draws by A1111's API with a checkpoint; returns the answer. */
  private static JsonNode draw(String checkpoint) {
    return served.ask(
        "/sdapi/v1/txt2img",
        "{%s, 'override_settings': {'sd_model_checkpoint': '%s'}}".formatted(SMALL, checkpoint));
  }

  private static JsonNode info(JsonNode answer) {
    return Served.json(answer.get("info").asText());
  }

  @Test
  void listsCheckpointsAlone_withTheirHashes() {
    JsonNode models = served.get("/sdapi/v1/sd-models");
    assertThat(models.findValuesAsText("model_name")).containsExactlyElementsOf(NAMES);
    String hash = Checkpoint.open(file("tiny-sd1")).sha256().orElseThrow();
    JsonNode tiny = models.get(2);
    assertThat(tiny.get("title").asText())
        .isEqualTo("tiny-sd1.safetensors [" + hash.substring(0, 10) + "]");
    assertThat(tiny.get("hash").asText()).isEqualTo(hash.substring(0, 10));
    assertThat(tiny.get("sha256").asText()).isEqualTo(hash);
    assertThat(tiny.get("filename").asText()).isEqualTo("tiny-sd1.safetensors");
    assertThat(models.get(1).get("hash").isNull()).isTrue();
    assertThat(models.toString()).doesNotContain(folder.toString());
    assertThat(served.get("/v1/models").findValuesAsText("id")).containsExactlyElementsOf(NAMES);
  }

  @ParameterizedTest
  @CsvSource({"flux", "tiny-sd1.safetensors", "tiny-sd1 [0123456789]"})
  void namesChoose(String text) {
    JsonNode answer = draw(text);
    String name = text.replaceFirst("[. ].*", "");
    assertThat(info(answer).get("sd_model_name").asText()).isEqualTo(name);
    assertThat(info(answer).at("/infotexts/0").asText()).contains("Model: " + name + ",");
    assertThat(served.get("/sdapi/v1/options").get("sd_model_checkpoint").asText())
        .startsWith("demo-sd1.safetensors");
  }

  @Test
  void hashesChoose() {
    String hash = Checkpoint.open(file("tiny-sd1")).sha256().orElseThrow().substring(0, 10);
    JsonNode info = info(draw(hash));
    assertThat(info.get("sd_model_name").asText()).isEqualTo("tiny-sd1");
    assertThat(info.get("sd_model_hash").asText()).isEqualTo(hash);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/sdapi/v1/txt2img | 'override_settings': {'sd_model_checkpoint': 'tiny-sd'}",
        "/api/jobs         | 'checkpoint': 'tiny-sd'",
      })
  void unknownNames_areRefusedWithTheNearest(String path, String field) {
    HttpResponse<String> answer = served.send(served.post(path, "{" + SMALL + ", " + field + "}"));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body())
        .contains("there is no checkpoint 'tiny-sd'", "did you mean 'tiny-sd1'");
  }

  @Test
  void optionsChooseForTheRequestsThatFollow() {
    served.ask("/sdapi/v1/options", "{'sd_model_checkpoint': 'tiny-sd1.safetensors'}");
    assertThat(served.get("/sdapi/v1/options").get("sd_model_checkpoint").asText())
        .startsWith("tiny-sd1.safetensors [");
    JsonNode answer = served.ask("/sdapi/v1/txt2img", "{" + SMALL + "}");
    assertThat(info(answer).get("sd_model_name").asText()).isEqualTo("tiny-sd1");
    served.ask(
        "/sdapi/v1/txt2img",
        "{%s, 'override_settings': {'sd_model_checkpoint': 'demo-sd1'}, 'override_settings_restore_afterwards': false}"
            .formatted(SMALL));
    assertThat(served.get("/sdapi/v1/options").get("sd_model_checkpoint").asText())
        .startsWith("demo-sd1.safetensors");
  }

  @Test
  void openAisModelChooses() {
    JsonNode answer =
        served.ask(
            "/v1/images/generations",
            "{'prompt': 'a red star', 'size': '64x64', 'steps': 2, 'seed': 7, 'model':"
                + " 'tiny-sd1'}");
    assertThat(answer.path("warnings").toString()).doesNotContain("not loaded");
    assertThat(answer.at("/data/0/b64_json").asText())
        .isEqualTo(job("tiny-sd1", "'n_iter': 1").image());
  }

  private record Drawn(JsonNode job, String image) {}

  private static Drawn job(String checkpoint, String more) {
    JsonNode job =
        served.ask("/api/jobs", "{%s, %s, 'checkpoint': '%s'}".formatted(SMALL, more, checkpoint));
    JsonNode done =
        served.until(
            "/api/jobs/" + job.get("id").asText(),
            one -> List.of("done", "failed").contains(one.get("state").asText()));
    assertThat(done.path("error").asText()).isEmpty();
    byte[] image =
        served
            .sendForBytes(
                served.request("/api/jobs/%s/images/0".formatted(done.get("id").asText())))
            .body();
    return new Drawn(done, Base64.getEncoder().encodeToString(image));
  }

  @Test
  void jobsKeepTheirCheckpoint() {
    Drawn drawn = job("zimage", "'cfg_scale': 3");
    assertThat(drawn.job().at("/settings/checkpoint").asText()).isEqualTo("zimage");
    JsonNode info =
        Served.json(
            served.send(
                served
                    .post("/api/png-info", "{'image': '%s'}".formatted(drawn.image()))
                    .header("Content-Type", "application/json")));
    assertThat(info.at("/settings/checkpoint").asText()).isEqualTo("zimage");
    assertThat(info.get("warnings")).isEmpty();
  }

  @Test
  void gridsAndToolsChoose() {
    JsonNode grid =
        served.ask(
            "/api/grids",
            "{'request': {%s, 'checkpoint': 'tiny-sd1'}, 'x': {'axis': 'seed', 'values': '1'}}"
                .formatted(SMALL));
    JsonNode drawn =
        served.until(
            grid.get("url").asText(),
            one -> List.of("done", "failed").contains(one.get("state").asText()));
    assertThat(drawn.at("/settings/request/checkpoint").asText()).isEqualTo("tiny-sd1");
    RawMcp tools = RawMcp.begin(served, "none");
    ObjectNode arguments = Served.JSON.createObjectNode();
    arguments.put("prompt", "a red star").put("width", 64).put("height", 64).put("steps", 1);
    assertThat(tools.call("generate_image", arguments.put("model", "tiny-sd1")).toString())
        .contains("Model: tiny-sd1,");
    assertThat(tools.call("generate_image", arguments.put("model", "none")).toString())
        .contains("there is no checkpoint 'none'");
    assertThat(tools.call("list_models", Served.JSON.createObjectNode()).toString())
        .contains(NAMES);
  }

  @Test
  void describesEveryCheckpoint() {
    JsonNode model = served.get("/api/model?checkpoint=zimage");
    assertThat(model.get("name").asText()).isEqualTo("zimage");
    assertThat(model.get("family").asText()).isEqualTo("Z_IMAGE");
    assertThat(model.get("checkpoints").findValuesAsText("name")).containsAll(NAMES);
    assertThat(served.get("/api/loras?family=fits&checkpoint=zimage").get("total").asInt())
        .isZero();
    assertThat(served.get("/api/loras?family=fits").get("total").asInt()).isPositive();
  }

  @Test
  void unloadsAndLoads() {
    draw("tiny-sd1");
    served.ask("/sdapi/v1/unload-checkpoint", "{}");
    assertThat(served.get("/sdapi/v1/memory").get("live_tensors").asInt()).isZero();
    served.ask("/sdapi/v1/reload-checkpoint", "{}");
    assertThat(served.get("/sdapi/v1/memory").get("live_tensors").asInt()).isPositive();
    assertThat(served.get("/api/model").at("/checkpoints/0/loaded").asBoolean()).isTrue();
  }

  @Test
  void findsNewFiles() throws IOException {
    Path added = folder.resolve("klein");
    Files.createSymbolicLink(added, TinyTransformers.kleinFolder());
    served.ask("/sdapi/v1/refresh-checkpoints", "{}");
    assertThat(served.get("/v1/models").findValuesAsText("id")).contains("klein");
    Files.delete(added);
    served.ask("/sdapi/v1/refresh-checkpoints", "{}");
    assertThat(served.get("/v1/models").findValuesAsText("id")).doesNotContain("klein");
  }

  @Test
  @Tag("slow")
  void clientsAtOnce_getTheBytesOfServersWithOneCheckpoint() {
    List<String> alone = new ArrayList<>();
    for (String name : NAMES) {
      try (Pipeline pipeline = open(Checkpoint.open(file(name)));
          Served one = Served.of(pipeline)) {
        alone.add(one.ask("/sdapi/v1/txt2img", "{" + SMALL + "}").at("/images/0").asText());
      }
    }
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int client = 0; client < 8; client++) {
      String name = NAMES.get(client % NAMES.size());
      answers.add(
          served.sendAsync(
              served.post(
                  "/sdapi/v1/txt2img",
                  "{%s, 'override_settings': {'sd_model_checkpoint': '%s'}}"
                      .formatted(SMALL, name))));
    }
    for (int client = 0; client < answers.size(); client++) {
      assertThat(Served.json(answers.get(client).join()).at("/images/0").asText())
          .isEqualTo(alone.get(client % NAMES.size()));
    }
    long loaded = 0;
    for (JsonNode model : served.get("/api/model").get("checkpoints")) {
      loaded += model.get("loaded").asBoolean() ? bytes(model.get("name").asText()) : 0;
    }
    assertThat(loaded).isPositive().isLessThanOrEqualTo(most);
  }
}
