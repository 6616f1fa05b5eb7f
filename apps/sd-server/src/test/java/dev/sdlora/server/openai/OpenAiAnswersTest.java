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
import com.openai.errors.UnauthorizedException;
import com.openai.models.images.ImageCreateVariationParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.server.Served;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Warnings, URLs and errors for OpenAI's clients, including its Java client. */
@SuppressWarnings("NullAway.Init")
class OpenAiAnswersTest {
  private static Pipeline pipeline;
  private static Served served;
  private static OpenAIClient client;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served =
        Served.of(pipeline, settings -> settings.bearerToken("sk-test").trustedProxy("127.0.0.1"));
    client = client("sk-test");
  }

  @AfterAll
  static void stop() {
    client.close();
    served.close();
    pipeline.close();
  }

  /** LibreChat always asks for 1024x1024. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "100 | 4194304 | 96x48 | draws no side longer than 100 pixels",
        "4096 | 8192 | 128x64 | draws at most 8192 pixels",
        "100 | 4096 | 88x40 | draws at most 4096 pixels"
      })
  void largerSizes_areReducedWithAWarning(int side, int pixels, String size, String limit) {
    try (Served small = Served.of(pipeline, settings -> settings.maxSide(side).maxPixels(pixels))) {
      JsonNode answer =
          small.ask(
              "/v1/images/generations",
              "{'prompt': 'a ring', 'size': '1024x512', 'steps': 1, 'seed': 5}");
      byte[] png = Base64.getDecoder().decode(answer.get("data").get(0).get("b64_json").asText());
      Image image = Image.read(new ByteArrayInputStream(png));
      assertThat(image.width() + "x" + image.height()).isEqualTo(size);
      assertThat(answer.get("warnings").get(0).asText())
          .isEqualTo("size 1024x512 was reduced to %s, because this server %s", size, limit);
    }
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(served.server.uri() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static ImageGenerateParams.Builder params(String prompt) {
    return ImageGenerateParams.builder()
        .prompt(prompt)
        .size("72x72")
        .putAdditionalBodyProperty("steps", JsonValue.from(1))
        .putAdditionalBodyProperty("seed", JsonValue.from(5));
  }

  private static HttpResponse<String> send(String path, String body) {
    return served.send(served.post(path, body).header("Authorization", "Bearer sk-test"));
  }

  private static JsonNode generate(String fields) {
    return Served.json(
        send(
            "/v1/images/generations",
            "{'prompt': 'a ring', 'size': '72x72', 'steps': 1, %s}".formatted(fields)));
  }

  @Test
  void answer_passesTheChecksOfOpenAisClient() {
    ImagesResponse answer = client.images().generate(params("a ring").build());
    assertThat(answer.validate().isValid()).isTrue();
    assertThat(answer.data().orElseThrow()).hasSize(1);
  }

  @Test
  void events_passTheChecksOfOpenAisClient_andTheLastHasTheWarnings() {
    List<ImageGenStreamEvent> events = new ArrayList<>();
    try (StreamResponse<ImageGenStreamEvent> stream =
        client
            .images()
            .generateStreaming(params("a ring").model("dall-e-3").n(2).partialImages(1).build())) {
      stream.stream().forEach(events::add);
    }
    assertThat(events).allSatisfy(event -> assertThat(event.validate().isValid()).isTrue());
    assertThat(events.stream().filter(ImageGenStreamEvent::isGenerationCompleted).toList())
        .satisfiesExactly(
            first -> assertThat(warnings(first)).isEqualTo("none"),
            last -> assertThat(warnings(last)).contains("model 'dall-e-3' is not loaded"));
  }

  private static String warnings(ImageGenStreamEvent event) {
    Object warnings = event.asGenerationCompleted()._allProperties().get("warnings");
    return warnings == null ? "none" : warnings.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'model': 'gpt-image-1' | model 'gpt-image-1' is not loaded; used 'demo-sd1'",
        "'quality': 'high' | field 'quality' has no effect; use 'steps'",
        "'style': 'vivid' | field 'style' has no effect; use the prompt",
        "'stepz': 9 | unknown field 'stepz'; did you mean 'steps'?",
        "'override_settings': {'font': 'x'} | option 'font' has no effect here",
      })
  void whatHasNoEffect_isAWarning(String field, String warning) {
    assertThat(generate(field).get("warnings")).extracting(JsonNode::asText).contains(warning);
  }

  @Test
  void lenientRequest_withoutItsLora_isAWarning() {
    JsonNode answer = generate("'lenient': true, 'negative_prompt': '<lora:nope:1>'");
    assertThat(answer.get("warnings").toString()).contains("nope");
  }

  @Test
  void untaughtWord_isAWarning() {
    ImagesResponse answer = client.images().generate(params("a frobnicated ring").build());
    assertThat(String.valueOf(answer._allProperties().get("warnings"))).contains("frobnicated");
  }

  @Test
  void ordinaryRequest_hasNoWarnings() {
    JsonNode answer =
        generate(
            "'model': 'demo-sd1', 'quality': 'auto', 'background': 'opaque', 'user': 'me',"
                + " 'moderation': 'low', 'output_compression': 100");
    assertThat(answer.get("warnings")).isEmpty();
  }

  @Test
  void outputCompression_isTheQualityOfJpegs() {
    String large = generate("'output_format': 'jpeg', 'seed': 1").at("/data/0/b64_json").asText();
    String jpeg = "'output_format': 'jpeg', 'seed': 1, 'output_compression': 5";
    String small = generate(jpeg).at("/data/0/b64_json").asText();
    assertThat(small.length()).isLessThan(large.length());
    String url = generate(jpeg + ", 'response_format': 'url'").at("/data/0/url").asText();
    assertThat(served.sendForBytes(served.request(path(url))).body())
        .isEqualTo(Base64.getDecoder().decode(small));
  }

  private static String path(String url) {
    return url.substring(url.indexOf("/api/"));
  }

  @Test
  void url_needsNoCredentials_andOpensNothingElse() {
    String url = generate("'response_format': 'url'").at("/data/0/url").asText();
    assertThat(url).startsWith(served.server.uri() + "/api/jobs/");
    assertThat(served.send(served.request(path(url))).statusCode()).isEqualTo(200);
    String other = path(url).replaceFirst("/images/0", "/images/1");
    HttpResponse<String> refused = served.send(served.request(other));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("the signature of this address is wrong");
    for (String change : List.of("signature=.", "expires=.")) {
      String changed = path(url).replaceFirst(change, change.replace(".", ""));
      assertThat(served.send(served.request(changed)).statusCode()).isEqualTo(403);
    }
    HttpRequest.Builder known =
        served
            .request(other.replace("/images/1", "/images/0"))
            .header("Authorization", "Bearer sk-test");
    assertThat(served.send(known).statusCode()).isEqualTo(200);
    assertThat(served.send(served.request(path(url)).DELETE()).statusCode()).isEqualTo(401);
    String job = path(url).replaceFirst("/images/0", "");
    assertThat(served.send(served.request(job)).statusCode()).isEqualTo(403);
  }

  @Test
  void url_behindATrustedProxy_hasItsAddress() {
    HttpResponse<String> answer =
        served.send(
            served
                .post(
                    "/v1/images/generations",
                    "{'prompt': 'a ring', 'size': '72x72', 'steps': 1, 'response_format': 'url'}")
                .header("Authorization", "Bearer sk-test")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "images.example.com")
                .header("X-Forwarded-Prefix", "/studio/"));
    assertThat(Served.json(answer).at("/data/0/url").asText())
        .startsWith("https://images.example.com/studio/api/jobs/");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | prompt | missing_required_parameter",
        "{'prompt': 'x', 'size': 'large'} | size | invalid_value",
        "{'prompt': 'x', 'size': '65x64'} | size | invalid_value",
        "{'prompt': 'x', 'n': 99} | n | invalid_value",
        "{'prompt': 'x', 'n': 'two'} | n | invalid_value",
        "{'prompt': 'x', 'output_format': 'webp'} | output_format | invalid_value",
        "{'prompt': 'x', 'output_compression': 50} | output_compression | invalid_value",
        "{'prompt': 'x', 'response_format': 'xml'} | response_format | invalid_value",
        "{'prompt': 'x', 'background': 'transparent'} | background | invalid_value",
        "{'prompt': 'x', 'partial_images': 9} | partial_images | invalid_value",
        "{'prompt': 'x', 'sampler_name': 'Oiler'} | sampler_name | invalid_value",
        "{'prompt': 'a <lora:nope:1>', 'size': '64x64'} | prompt | invalid_value",
      })
  void error_namesTheField(String body, String param, String code) {
    JsonNode error = Served.json(send("/v1/images/generations", body).body()).get("error");
    assertThat(error.get("param").asText()).isEqualTo(param);
    assertThat(error.get("code").asText()).isEqualTo(code);
    assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
  }

  @Test
  void error_inOpenAisClient_hasParamAndCode() {
    assertThatThrownBy(
            () ->
                client
                    .images()
                    .generate(
                        params("x").background(ImageGenerateParams.Background.TRANSPARENT).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            error -> {
              assertThat(error.param()).hasValue("background");
              assertThat(error.code()).hasValue("invalid_value");
            });
  }

  @Test
  void wrongKey_inOpenAisClient_isInvalidApiKey() {
    OpenAIClient other = client("sk-other");
    assertThatThrownBy(() -> other.images().generate(params("x").build()))
        .isInstanceOfSatisfying(
            UnauthorizedException.class,
            error -> assertThat(error.code()).hasValue("invalid_api_key"));
    other.close();
  }

  private static byte[] bytes(ImagesResponse answer) {
    return Base64.getDecoder().decode(answer.data().orElseThrow().get(0).b64Json().orElseThrow());
  }

  private static MultipartField<InputStream> file(byte[] image) {
    return MultipartField.<InputStream>builder()
        .value(new ByteArrayInputStream(image))
        .filename("image.png")
        .contentType("image/png")
        .build();
  }

  @Test
  @SuppressWarnings("deprecation") // Deprecated by OpenAI, but clients still call it.
  void variation_ofAnImageWithSettings_hasItsPrompt() {
    byte[] image = bytes(client.images().generate(params("a ring").build()));
    ImagesResponse answer =
        client
            .images()
            .createVariation(
                ImageCreateVariationParams.builder()
                    .image(file(image))
                    .putAdditionalBodyProperty("steps", JsonValue.from(2))
                    .build());
    String parameters = GeneratedImage.readInfotext(new ByteArrayInputStream(bytes(answer)));
    PromptSpec spec = PromptSpec.fromInfotext(parameters);
    assertThat(spec.prompt()).isEqualTo("a ring");
    assertThat(spec.size().orElseThrow()).hasToString("72x72");
    assertThat(bytes(answer)).isNotEqualTo(image);
  }

  @Test
  void edit_ofTwoImages_isRefused() {
    byte[] image = Base64Images.png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB));
    ImageEditParams.Image both =
        ImageEditParams.Image.ofInputStreams(
            List.of(new ByteArrayInputStream(image), new ByteArrayInputStream(image)));
    ImageEditParams params =
        ImageEditParams.builder()
            .image(
                MultipartField.<ImageEditParams.Image>builder()
                    .value(both)
                    .filename("image.png")
                    .contentType("image/png")
                    .build())
            .prompt("a ring")
            .build();
    assertThatThrownBy(() -> client.images().edit(params))
        .isInstanceOfSatisfying(
            BadRequestException.class, error -> assertThat(error.param()).hasValue("image"))
        .hasMessageContaining("the form must have one image");
  }
}
