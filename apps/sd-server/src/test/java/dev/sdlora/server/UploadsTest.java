package dev.sdlora.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.testkit.SlowJpeg;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Images that are uploaded once and referred to by requests, and the settings in them. */
@SuppressWarnings("NullAway.Init")
class UploadsTest {
  private static final String SMALL = "'width': 64, 'height': 64, 'steps': 2";
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
  }

  private static byte[] png(int width, int height, String parameters) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / width);
    }
    return new GeneratedImage(Image.of(width, height, rgb), 1, parameters).png();
  }

  private static HttpResponse<String> upload(byte[] file) {
    return served.send(served.request("/api/pictures").POST(BodyPublishers.ofByteArray(file)));
  }

  private static HttpResponse<String> info(byte[] file) {
    return served.send(
        served
            .request("/api/png-info")
            .header("Content-Type", "image/png")
            .POST(BodyPublishers.ofByteArray(file)));
  }

  private static byte[] bytes(String path) {
    return HttpClient.newHttpClient()
        .sendAsync(served.request(path).build(), BodyHandlers.ofByteArray())
        .join()
        .body();
  }

  private static JsonNode drawn(String body) {
    String id = served.ask("/api/jobs", body).get("id").asText();
    JsonNode job = served.until("/api/jobs/" + id, UploadsTest::ended);
    assertThat(job.get("state").asText()).as(job.toString()).isEqualTo("done");
    return job;
  }

  private static boolean ended(JsonNode job) {
    return !"waiting running".contains(job.get("state").asText());
  }

  private static byte[] first(JsonNode job) {
    return bytes(job.get("images").get(0).get("url").asText());
  }

  @Test
  void upload_isKeptUnderItsOwnName_andGivenBack() {
    byte[] file = png(64, 48, "a ring\nSteps: 3, Seed: 4");
    HttpResponse<String> answer = upload(file);
    JsonNode told = Served.json(answer);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(told.get("width").asInt()).isEqualTo(64);
    assertThat(told.get("height").asInt()).isEqualTo(48);
    assertThat(told.get("has_settings").asBoolean()).isTrue();
    assertThat(Served.json(upload(file)).get("id")).isEqualTo(told.get("id"));
    HttpResponse<String> again = served.send(served.request(told.get("url").asText()));
    assertThat(again.headers().firstValue("Content-Type").orElse("")).startsWith("image/png");
    assertThat(bytes(told.get("url").asText())).isEqualTo(file);
    assertThat(served.send(served.request("/api/pictures/nothing")).statusCode()).isEqualTo(404);
  }

  @Test
  void upload_noPicture_tooLarge_damaged_refusedWithASentence() {
    byte[] whole = png(64, 64, "");
    byte[] half = Arrays.copyOf(whole, whole.length / 2);
    assertThat(upload(new byte[0]).statusCode()).isEqualTo(400);
    assertThat(upload("<svg/>".getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(422);
    assertThat(upload(half).statusCode()).isEqualTo(422);
    HttpResponse<String> large = upload(png(256, 128, ""));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(Served.json(large.body()).get("detail").asText()).contains("256x128");
  }

  @Test
  void jobs_takeReferences_asTheyTakeTheBytes() {
    byte[] start = png(64, 64, "");
    byte[] mask = new GeneratedImage(Image.of(64, 64, half()), 1, "").png();
    String body = "{'prompt': 'a ring', 'seed': 3, %s, 'init_images': ['%s'], 'mask': '%s'}";
    String references = body.formatted(SMALL, reference(start), reference(mask));
    String sent = body.formatted(SMALL, base64(start), base64(mask));
    JsonNode job = drawn(references);
    assertThat(first(job)).isEqualTo(first(drawn(sent)));
    String from = "job:" + job.get("id").asText() + "/0";
    JsonNode next = drawn(body.formatted(SMALL, from, reference(mask)));
    assertThat(first(next)).isNotEqualTo(first(job));
  }

  private static byte[] half() {
    byte[] rgb = new byte[3 * 64 * 64];
    Arrays.fill(rgb, 0, rgb.length / 2, (byte) 255);
    return rgb;
  }

  private static String reference(byte[] file) {
    return Served.json(upload(file)).get("reference").asText();
  }

  private static String base64(byte[] file) {
    return Base64.getEncoder().encodeToString(file);
  }

  @Test
  void references_toNothing_toPathsAndAddresses_refused() {
    for (String text :
        new String[] {
          "picture:0123",
          "picture:../../etc/passwd",
          "job:none/0",
          "job:none",
          "file:/etc/passwd",
          "http://localhost/x.png"
        }) {
      HttpResponse<String> answer =
          served.send(served.post("/api/jobs", "{'prompt': 'x', 'init_images': ['" + text + "']}"));
      assertThat(answer.statusCode()).as(text).isEqualTo(422);
      assertThat(answer.body()).contains("init_images");
    }
  }

  @Test
  void outpainting_paintsBeyondTheEdges() {
    String start = reference(png(64, 64, ""));
    String body = "{'prompt': 'a ring', 'seed': 3, 'steps': 2, 'init_images': ['%s'], %s}";
    byte[] wide = first(drawn(body.formatted(start, "'outpainting': {'left': 16, 'right': 8}")));
    assertThat(Image.read(new ByteArrayInputStream(wide)).width()).isEqualTo(88);
    String both = "'outpainting': {'left': 8}, 'mask': '" + start + "'";
    assertThat(served.send(served.post("/api/jobs", body.formatted(start, both))).statusCode())
        .isEqualTo(422);
  }

  @Test
  void pngInfo_settingsSentAgain_drawTheSamePicture() {
    String body =
        "{'prompt': 'a ring <lora:night:0.5>', 'negative_prompt': 'blue', 'seed': 9,"
            + " 'sampler_name': 'Euler a', 'cfg_scale': 4.5, %s}";
    byte[] drawn = first(drawn(body.formatted(SMALL)));
    JsonNode told = Served.json(info(drawn));
    assertThat(told.get("missing")).isEmpty();
    assertThat(told.get("warnings")).isEmpty();
    assertThat(told.get("parameters").asText()).contains("Seed: 9");
    assertThat(first(drawn(told.get("settings").toString()))).isEqualTo(drawn);
    ObjectNode named = Served.JSON.createObjectNode().put("image", reference(drawn));
    JsonNode same =
        Served.json(
            served.send(
                served
                    .post("/api/png-info", named.toString())
                    .header("Content-Type", "application/json")));
    assertThat(same).isEqualTo(told);
  }

  @Tag("slow")
  @Test
  void pngInfo_ofAnotherMachine_tellsWhatIsMissing() {
    byte[] other =
        png(
            64,
            64,
            "a ring <lora:gone:1>, <lora:night:1>\nSteps: 5, Sampler: Euler, CFG scale: 7, Seed: 1,"
                + " Size: 64x64, Model hash: 0123456789, Model: other, VAE: sharp.pt,"
                + " Denoising strength: 0.4, Mask blur: 4,"
                + " Lora hashes: \"gone: aaaabbbbcccc, night: 0000aaaa1111\"");
    JsonNode told = Served.json(info(other));
    assertThat(told.get("missing")).hasSize(2);
    assertThat(told.get("missing").get(0).get("name").asText()).isEqualTo("gone");
    assertThat(told.get("missing").get(0).get("hash").asText()).isEqualTo("aaaabbbbcccc");
    assertThat(told.get("missing").get(1).get("sentence").asText())
        .contains("has its name, but is another file")
        .doesNotContain("/");
    assertThat(told.get("settings").get("denoising_strength").asDouble()).isEqualTo(0.4);
    assertThat(told.get("settings").get("mask_blur").asInt()).isEqualTo(4);
    assertThat(told.get("warnings").toString())
        .contains("checkpoint 'other' (hash 0123456789)")
        .contains("VAE 'sharp'")
        .contains("start image and mask");
  }

  @Test
  void pngInfo_withoutSettings_orOfNothing_saysSo() {
    JsonNode empty = Served.json(info(png(64, 64, "")));
    assertThat(empty.has("settings")).isFalse();
    assertThat(empty.get("reason").asText()).contains("empty");
    byte[] foreign = png(64, 64, "{\"unknown\": {\"program\": 1}}");
    assertThat(Served.json(info(foreign)).get("reason").asText()).isNotEmpty();
    assertThat(info(new byte[0]).statusCode()).isEqualTo(422);
    assertThat(info("{}".getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(422);
  }

  /** The file takes seconds to decode. */
  @Tag("slow")
  @Test
  void upload_clientLeavesWhileItIsDecoded_endsTheDecoding() throws IOException {
    byte[] slow = SlowJpeg.ofScans(128, 128, 60_000);
    try (Served alone = Served.of(pipeline)) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), alone.server.uri().getPort())) {
        String head =
            "POST /api/pictures HTTP/1.1\r\nHost: localhost\r\nContent-Length: %s\r\n\r\n";
        socket.getOutputStream().write(head.formatted(slow.length).getBytes(US_ASCII));
        socket.getOutputStream().write(slow);
      }
      String answers;
      do {
        answers = alone.send(alone.request("/metrics")).body();
      } while (!answers.contains("status=\"499\"") && !answers.contains("status=\"201\""));
      assertThat(answers).contains("status=\"499\"");
    }
  }
}
