package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Grids and upscales as jobs. */
@SuppressWarnings("NullAway.Init")
class GridsTest {
  private static final String REQUEST =
      "'request': {'prompt': 'a ring <lora:night:1>', 'seed': 3, 'width': 64, 'height': 64,"
          + " 'steps': 2}";
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline, settings -> settings.maxPixels(128 * 128));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static JsonNode done(JsonNode submitted) {
    JsonNode job = served.until(submitted.get("url").asText(), GridsTest::ended);
    assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("done");
    return job;
  }

  private static boolean ended(JsonNode job) {
    return !"waiting running".contains(job.get("state").asText());
  }

  private static byte[] bytes(String path) {
    return HttpClient.newHttpClient()
        .sendAsync(served.request(path).build(), BodyHandlers.ofByteArray())
        .join()
        .body();
  }

  private static byte[] image(JsonNode job) {
    assertThat(job.get("images")).hasSize(1);
    return bytes(job.get("images").get(0).get("url").asText());
  }

  private static void assertRefused(String path, int status, String body, String sentence) {
    HttpResponse<String> answer = served.send(served.post(path, body));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(Served.json(answer.body()).get("detail").asText()).contains(sentence);
  }

  @Tag("slow")
  @Test
  void grid_isOnePicture_whoseCellsAreThoseOfTheirSettings() {
    JsonNode told =
        served.ask(
            "/api/grids",
            "{%s, 'x': {'axis': 'lora', 'lora': 'night', 'values': '0-1 [2]'}, 'y': {'axis': 'cfg', 'values': '1, 4'}}"
                .formatted(REQUEST));
    assertThat(told.get("cells").asInt()).isEqualTo(4);
    JsonNode job = done(told);
    byte[] sheet = image(job);
    assertThat(Image.read(new ByteArrayInputStream(sheet)).width()).isGreaterThan(128);
    assertThat(GeneratedImage.readInfotext(new ByteArrayInputStream(sheet)))
        .contains("Script: X/Y/Z plot, X Type: LoRA night, X Values: \"0, 1\", Y Type: CFG Scale");
    assertThat(job.get("details").get("columns").get("values").get(1).asText()).isEqualTo("1");
    assertThat(job.get("details").get("rows").get("name").asText()).isEqualTo("CFG Scale");
    assertThat(job.get("details").get("finished_cells").asInt()).isEqualTo(4);
    String alone =
        "{'prompt': 'a ring <lora:night:1>', 'seed': 3, 'width': 64, 'height': 64, 'steps': 2,"
            + " 'cfg_scale': 4}";
    String id = served.ask("/api/jobs", alone).get("id").asText();
    JsonNode plain = served.until("/api/jobs/" + id, GridsTest::ended);
    String cells = "/api/grids/" + told.get("id").asText() + "/cells/";
    assertThat(bytes(cells + 3)).isEqualTo(image(plain));
    assertThat(bytes(cells + 1)).isNotEqualTo(image(plain));
    assertThat(served.send(served.request(cells + 4)).statusCode()).isEqualTo(404);
    String cell = "{'image': 'cell:%s/3'}".formatted(told.get("id").asText());
    JsonNode info =
        Served.json(
            served.send(
                served.post("/api/png-info", cell).header("Content-Type", "application/json")));
    assertThat(info.get("settings").get("cfg_scale").asDouble()).isEqualTo(4);
  }

  @Test
  void axes_examplesArePlans() {
    JsonNode axes = served.get("/api/grids/axes").get("axes");
    assertThat(axes).hasSizeGreaterThan(70);
    Map<String, String> values =
        Map.of("size", "64x64, 64x128", "prompt", "a, b", "cfg", "1-7 [3]", "lora", "0-1 [3]");
    for (JsonNode axis : axes) {
      String name = axis.get("axis").asText();
      String body =
          "{'request': {'prompt': 'a ring', 'width': 64, 'height': 64, 'enable_hr': true,"
              + " 'hr_scale': 1}, 'x': {'axis': '%s', 'lora': 'night', 'values': '%s'}}";
      String example = values.getOrDefault(name, axis.get("example").asText());
      if (example.isEmpty()) {
        continue; // Texts.
      }
      HttpResponse<String> answer =
          served.send(served.post("/api/grids/plan", body.formatted(name, example)));
      if (answer.statusCode() == 422) {
        // Settings of a start image, of a refiner or of an upscaler, and a range of steps.
        assertThat(answer.body())
            .contains("axis '" + name + "': ")
            .containsPattern("the request has no|the request needs|must not be above");
        continue;
      }
      JsonNode plan = Served.json(answer);
      assertThat(plan.get("cells").asInt()).as(name).isGreaterThan(1);
      assertThat(plan.get("cells").asInt()).isEqualTo(plan.get("columns").get("values").size());
      assertThat(plan.get("pixel_steps").asDouble()).isPositive();
    }
  }

  @Test
  void grids_thatMakeNoSense_orAreTooLarge_refused() {
    String body = "{" + REQUEST + ", 'x': %s}";
    assertRefused("/api/grids", 422, "{" + REQUEST + "}", "field 'x'");
    assertRefused("/api/grids", 422, body.formatted("{'axis': 'size'}"), "X axis has no values");
    assertRefused(
        "/api/grids",
        422,
        body.formatted("{'axis': 'mood', 'values': 'bad'}"),
        "the X axis: axis 'mood' is unknown");
    assertRefused(
        "/api/grids",
        422,
        body.formatted("{'axis': 'lora', 'lora': 'nihgt', 'values': '1'}"),
        "'nihgt'");
    assertRefused(
        "/api/grids", 422, body.formatted("{'axis': 'lora', 'values': '1'}"), "field 'lora'");
    assertRefused(
        "/api/grids", 422, body.formatted("{'axis': 'steps', 'values': '0'}"), "steps must be");
    assertRefused(
        "/api/grids", 413, body.formatted("{'axis': 'seed', 'values': '1-500'}"), "at most 400");
    assertRefused(
        "/api/grids", 413, body.formatted("{'axis': 'seed', 'values': '1-17'}"), "at most 65536");
    assertRefused(
        "/api/grids", 413, body.formatted("{'axis': 'size', 'values': '256x256'}"), "256x256");
  }

  @Test
  void grid_cancelled_leavesNothingBehind() {
    String grid = REQUEST.replace("'steps': 2", "'steps': 1000");
    JsonNode told =
        served.ask("/api/grids", "{" + grid + ", 'x': {'axis': 'seed', 'values': '1-4'}}");
    String path = told.get("url").asText();
    served.until(path, job -> job.get("step").asInt() > 1);
    served.send(served.request(path).DELETE());
    assertThat(served.until(path, GridsTest::ended).get("state").asText()).isEqualTo("cancelled");
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("sd-server-grid"))) {
      Thread.onSpinWait();
    }
  }

  private static String uploaded() {
    byte[] rgb = new byte[3 * 64 * 32];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 64);
    }
    byte[] file = new GeneratedImage(Image.of(64, 32, rgb), 1, "a ring\nSteps: 2, Seed: 7").png();
    return Served.json(
            served.send(served.request("/api/pictures").POST(BodyPublishers.ofByteArray(file))))
        .get("reference")
        .asText();
  }

  @Test
  void upscale_byAFactor_andToASize_keepsTheSettings() {
    String body = "{'image': '" + uploaded() + "', 'upscaler': '%s', %s}";
    byte[] twice =
        image(
            done(served.ask("/api/upscales", body.formatted("Lanczos", "'upscaling_resize': 2"))));
    Image picture = Image.read(new ByteArrayInputStream(twice));
    assertThat(picture.width()).isEqualTo(128);
    assertThat(picture.height()).isEqualTo(64);
    assertThat(GeneratedImage.readInfotext(new ByteArrayInputStream(twice)))
        .endsWith("Seed: 7, Postprocess upscale by: 2, Postprocess upscaler: Lanczos");
    String size = "'resize_mode': 1, 'upscaling_resize_w': 100, 'upscaling_resize_h': 100";
    byte[] square = image(done(served.ask("/api/upscales", body.formatted("Nearest", size))));
    assertThat(Image.read(new ByteArrayInputStream(square)).width()).isEqualTo(100);
  }

  @Test
  void upscale_ofNothing_byNobody_tooLarge_refused() {
    String image = "{'image': '" + uploaded() + "', ";
    assertRefused("/api/upscales", 422, "{}", "'image'");
    assertRefused("/api/upscales", 422, image + "'upscaler': '../x'}", "no upscaler '../x'");
    assertRefused("/api/upscales", 422, image + "'upscaling_resize': 9}", "at most 8");
    assertRefused("/api/upscales", 413, image + "'upscaling_resize': 8}", "512x256");
  }
}
