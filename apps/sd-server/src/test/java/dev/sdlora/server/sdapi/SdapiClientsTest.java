package dev.sdlora.server.sdapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.server.Served;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and responses as A1111's clients expect them, including warnings. */
@SuppressWarnings("NullAway.Init")
class SdapiClientsTest {
  private static final String SMALL = "'width': 72, 'height': 72, 'steps': 1";
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

  private static String image() {
    Image black = Image.of(64, 64, new byte[3 * 64 * 64]);
    return Base64.getEncoder().encodeToString(new GeneratedImage(black, 0, "x").png());
  }

  private static Image image(JsonNode text) {
    return Image.read(new ByteArrayInputStream(Base64.getDecoder().decode(text.asText())));
  }

  private static List<String> warnings(JsonNode answer) {
    List<String> warnings = new ArrayList<>();
    Served.json(answer.get("info").asText())
        .get("warnings")
        .forEach(warning -> warnings.add(warning.asText()));
    return warnings;
  }

  /** Returns a body with every field of a schema at its default. */
  private static ObjectNode defaults(String schema) {
    JsonNode fields =
        served.get("/openapi.json").at("/components/schemas/" + schema + "/properties");
    ObjectNode body = Served.JSON.createObjectNode();
    fields.fieldNames().forEachRemaining(name -> body.set(name, fields.get(name).get("default")));
    return body.put("prompt", "a red star").put("width", 72).put("height", 72).put("steps", 1);
  }

  private static JsonNode post(String path, ObjectNode body) {
    return Served.json(served.send(served.post(path, body.toString())));
  }

  @Test
  void txt2img_everyFieldAtItsDefault_hasNoWarnings() {
    assertThat(warnings(post("/sdapi/v1/txt2img", defaults("Txt2Img")))).isEmpty();
  }

  @Test
  void img2img_everyFieldAtItsDefault_hasNoWarnings() {
    ObjectNode body = defaults("Img2Img").put("mask", image());
    body.putArray("init_images").add(image());
    assertThat(warnings(post("/sdapi/v1/img2img", body))).isEmpty();
  }

  @Test
  void txt2img_whatHasNoEffect_isInTheWarnings() {
    JsonNode answer =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'promt': 'x', 'override_settings': {'samples_save': true}, " + SMALL + "}");
    assertThat(warnings(answer))
        .contains(
            "unknown field 'promt'; did you mean 'prompt'?",
            "option 'samples_save' has no effect here");
  }

  @Test
  void txt2img_weightOfALora_isItsMultiplier() {
    String body = "{'prompt': 'a ring', 'seed': 3, 'lora': [{'path': 'ink_lines', '%s': 0.5}], %s}";
    JsonNode multiplier = served.ask("/sdapi/v1/txt2img", body.formatted("multiplier", SMALL));
    JsonNode weight = served.ask("/sdapi/v1/txt2img", body.formatted("weight", SMALL));
    JsonNode unknown = served.ask("/sdapi/v1/txt2img", body.formatted("wieght", SMALL));
    assertThat(weight.get("images")).isEqualTo(multiplier.get("images"));
    assertThat(warnings(unknown))
        .contains("unknown field of 'lora' 'wieght'; did you mean 'weight'?");
  }

  @Test
  void txt2img_hrResizeX_keepsTheProportions() {
    JsonNode answer =
        served.ask("/sdapi/v1/txt2img", "{'enable_hr': true, 'hr_resize_x': 96, " + SMALL + "}");
    assertThat(image(answer.get("images").get(0)).height()).isEqualTo(96);
  }

  @Test
  void scripts_ignored_areWarnings() {
    try (Served lenient = Served.of(pipeline, settings -> settings.ignoreScripts(true))) {
      JsonNode answer =
          lenient.ask(
              "/sdapi/v1/txt2img",
              "{'alwayson_scripts': {'CADS': {'args': [true]}}, " + SMALL + "}");
      assertThat(answer.get("images")).hasSize(1);
      assertThat(warnings(answer)).contains("script 'CADS' is not supported and was ignored");
    }
  }

  @Test
  void options_withoutEffect_areWarningHeaders() {
    HttpResponse<String> answer =
        served.send(
            served.post("/sdapi/v1/options", "{'s_noise': 1, 'eta_ancestrl': 1, 'font': 'é'}"));
    assertThat(answer.body()).isEqualTo("null");
    assertThat(answer.headers().allValues("Warning"))
        .containsExactly(
            "299 - \"unknown option 'eta_ancestrl'; did you mean 'eta_ancestral'?\"",
            "299 - \"option 'font' has no effect here\"");
  }

  @Test
  void options_sentBackAsTheyWere_areNoWarnings() {
    ObjectNode options = (ObjectNode) served.get("/sdapi/v1/options");
    HttpResponse<String> answer = served.send(served.post("/sdapi/v1/options", options.toString()));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("Warning")).allMatch(text -> text.contains("no effect"));
    assertThat(served.get("/sdapi/v1/options")).isEqualTo(options);
  }

  @Test
  void extraBatchImages_enlargesEach() {
    JsonNode answer =
        served.ask(
            "/sdapi/v1/extra-batch-images",
            "{'upscaler_1': 'Lanczos', 'upscaling_resize': 1.5, 'imageList': [{'data': '%s', 'name': 'a.png'}, {'data': '%s', 'name': 'b.png'}]}"
                .formatted(image(), image()));
    assertThat(answer.get("images")).hasSize(2);
    assertThat(image(answer.get("images").get(1)).width()).isEqualTo(96);
    assertThat(answer.get("html_info").isTextual()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'imageList': []}",
        "{'imageList': [{'name': 'a.png'}]}",
        "{'imageList': [{'data': 'aGVsbG8='}]}",
        "{'codeformer_visibility': 1}"
      })
  void extraBatchImages_badBody_422(String body) {
    HttpResponse<String> answer = served.send(served.post("/sdapi/v1/extra-batch-images", body));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(Served.json(answer.body()).get("detail").asText()).isNotBlank();
  }

  @Test
  void ping_isAnsweredAsByA1111() {
    assertThat(served.send(served.request("/internal/ping")).body()).isEqualTo("{}");
  }
}
