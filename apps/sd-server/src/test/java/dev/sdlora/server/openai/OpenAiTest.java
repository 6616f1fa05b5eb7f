package dev.sdlora.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.MultipartField;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.server.Served;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OpenAI's images API, mostly called by OpenAI's Java client. */
@SuppressWarnings("NullAway.Init")
class OpenAiTest {
  private static Pipeline pipeline;
  private static Served served;
  private static OpenAIClient client;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline, settings -> settings.bearerToken("sk-test"));
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(served.server.uri() + "/v1")
            .apiKey("sk-test")
            .maxRetries(0)
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
    served.close();
    pipeline.close();
    assertThat(pipeline.liveTensors()).isZero();
  }

  private static ImageGenerateParams.Builder params(String prompt) {
    return ImageGenerateParams.builder()
        .prompt(prompt)
        .model("gpt-image-1")
        .size("64x64")
        .putAdditionalBodyProperty("steps", JsonValue.from(4))
        .putAdditionalBodyProperty("seed", JsonValue.from(5));
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  @Test
  void generate_ofOpenAisClient_drawsWithALora() {
    ImagesResponse answer =
        client.images().generate(params("a red star <lora:ink_lines:0.8>").n(2).build());
    List<String> pictures =
        answer.data().orElseThrow().stream().map(image -> image.b64Json().orElseThrow()).toList();
    assertThat(pictures).hasSize(2).doesNotHaveDuplicates();
    assertThat(GeneratedImage.readInfotext(new ByteArrayInputStream(bytes(pictures.get(1)))))
        .startsWith("a red star <lora:ink_lines:0.8>\nSteps: 4")
        .contains("Seed: 6")
        .contains("Lora hashes: \"ink_lines:");
  }

  @Tag("slow")
  @Test
  void generate_cancelledAfterTheFirst_answersWithTheFirst() {
    try (Served open = Served.of(pipeline)) {
      CompletableFuture<HttpResponse<String>> asked =
          open.sendAsync(
              open.post(
                  "/v1/images/generations",
                  "{'prompt': 'a star', 'size': '64x64', 'n': 16, 'steps': 20, 'seed': 5}"));
      JsonNode jobs =
          open.until("/api/jobs", all -> !all.get("jobs").path(0).path("images").isEmpty());
      String id = jobs.get("jobs").get(0).get("id").asText();
      open.send(open.request("/api/jobs/" + id).DELETE());
      assertThat(Served.json(asked.join()).get("data")).hasSizeBetween(1, 15);
    }
  }

  @Test
  void generateStreaming_ofOpenAisClient_showsThePictureOnItsWay() {
    List<ImageGenStreamEvent> events = new ArrayList<>();
    try (StreamResponse<ImageGenStreamEvent> stream =
        client.images().generateStreaming(params("a red star").partialImages(2).build())) {
      stream.stream().forEach(events::add);
    }
    assertThat(events).hasSize(3);
    assertThat(events.get(0).asGenerationPartialImage().partialImageIndex()).isZero();
    assertThat(events.get(1).asGenerationPartialImage().partialImageIndex()).isEqualTo(1);
    Image preview =
        Image.read(
            new ByteArrayInputStream(bytes(events.get(1).asGenerationPartialImage().b64Json())));
    Image last =
        Image.read(
            new ByteArrayInputStream(bytes(events.get(2).asGenerationCompleted().b64Json())));
    assertThat(preview.width()).isEqualTo(64).isEqualTo(last.width());
    assertThat(preview).isNotEqualTo(last);
  }

  @Test
  void edit_ofOpenAisClient_paintsWhereTheMaskIsTransparent() {
    BufferedImage mask = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < 64; y++) {
      for (int x = 32; x < 64; x++) {
        mask.setRGB(x, y, 0xff000000);
      }
    }
    BufferedImage white = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    white.createGraphics().fillRect(0, 0, 64, 64);
    ImagesResponse answer =
        client
            .images()
            .edit(
                ImageEditParams.builder()
                    .image(
                        MultipartField.<ImageEditParams.Image>builder()
                            .value(ImageEditParams.Image.ofInputStream(file(white)))
                            .filename("white.png")
                            .contentType("image/png")
                            .build())
                    .mask(
                        MultipartField.<InputStream>builder()
                            .value(file(mask))
                            .filename("mask.png")
                            .contentType("image/png")
                            .build())
                    .prompt("a red star")
                    .putAdditionalBodyProperty("steps", JsonValue.from(4))
                    .putAdditionalBodyProperty("mask_blur", JsonValue.from(0))
                    .build());
    Image painted =
        Image.read(
            new ByteArrayInputStream(
                bytes(answer.data().orElseThrow().get(0).b64Json().orElseThrow())));
    assertThat(painted.rgb()[3 * 63]).isEqualTo((byte) 255);
    assertThat(painted).isNotEqualTo(Image.of(white));
  }

  private static InputStream file(BufferedImage image) {
    return new ByteArrayInputStream(Base64Images.png(image));
  }

  @Test
  void generate_unknownLora_throwsTheLibrarysSentence() {
    assertThatThrownBy(() -> client.images().generate(params("a <lora:ink_line:1>").build()))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("did you mean 'ink_lines'?");
  }

  private static HttpResponse<String> send(String path, String body) {
    return served.send(served.post(path, body).header("Authorization", "Bearer sk-test"));
  }

  @Test
  void generate_url_canBeFetched() {
    JsonNode answer =
        Served.json(
            send(
                "/v1/images/generations",
                "{'prompt': 'a ring', 'size': '64x64', 'steps': 2, 'response_format': 'url',"
                    + " 'output_format': 'jpeg'}"));
    String url = answer.get("data").get(0).get("url").asText();
    HttpResponse<String> picture =
        served.send(
            served
                .request(url.substring(served.server.uri().toString().length()))
                .header("Authorization", "bearer sk-test"));
    assertThat(picture.statusCode()).isEqualTo(200);
    assertThat(picture.headers().firstValue("Content-Type").orElseThrow()).startsWith("image/jpeg");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'size': '64x64'} | 400 | field 'prompt' is missing",
        "{'prompt': 'x', 'size': 'large'} | 400 | large",
        "{'prompt': 'x', 'n': 0} | 400 | from 1 to 16",
        "{'prompt': 'x', 'output_format': 'webp'} | 400 | png or jpeg",
        "{'prompt': 'x', 'partial_images': 4} | 400 | from 0 to 3",
        "{'prompt': 'x <lora:nope:1>', 'size': '64x64', 'stream': true} | 400 | 'nope'",
      })
  void badRequests_areTold_inOpenAisForm(String body, int status, String sentence) {
    HttpResponse<String> answer = send("/v1/images/generations", body);
    JsonNode error = Served.json(answer.body()).get("error");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(error.get("message").asText()).contains(sentence);
    assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
  }

  @ParameterizedTest
  @CsvSource({
    "multipart/form-data; boundary=x, form",
    "multipart/form-data, form",
    "text/plain, form"
  })
  void edit_damagedForm_400(String type, String sentence) {
    HttpResponse<String> answer =
        served.send(
            served
                .post("/v1/images/edits", "no form")
                .header("Content-Type", type)
                .header("Authorization", "Bearer sk-test"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(sentence);
  }

  @Test
  void edit_longForm_413() {
    String body =
        "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n"
            + "x".repeat(200_000)
            + "\r\n--x--\r\n";
    try (Served small = Served.of(pipeline, settings -> settings.maxBodyBytes(100_000))) {
      HttpResponse<String> chunked =
          small.send(
              small
                  .request("/v1/images/edits")
                  .POST(
                      BodyPublishers.ofInputStream(
                          () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                  .header("Content-Type", "multipart/form-data; boundary=x"));
      assertThat(chunked.statusCode()).isEqualTo(413);
      HttpResponse<String> told =
          small.send(
              small
                  .post("/v1/images/edits", body)
                  .header("Content-Type", "multipart/form-data; boundary=x"));
      assertThat(told.statusCode()).isEqualTo(413);
    }
  }

  @Test
  void withoutToken_401_inOpenAisForm() {
    HttpResponse<String> answer = served.send(served.request("/v1/models"));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(Served.json(answer.body()).get("error").get("type").asText())
        .isEqualTo("authentication_error");
    assertThat(
            Served.json(
                    served.send(
                        served.request("/v1/models").header("Authorization", "Bearer sk-test")))
                .get("data"))
        .hasSize(1);
  }
}
