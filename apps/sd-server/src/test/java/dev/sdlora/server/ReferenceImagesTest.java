package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.request.image.Base64Images;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Reference images in all APIs, with a model that reads them. */
final class ReferenceImagesTest {
  private static final AtomicReference<PromptSpec> ASKED = new AtomicReference<>();

  private static Pipeline real;
  private static Served served;

  @BeforeAll
  static void start() {
    real = Served.pipeline(1);
    served = Served.of(noting(ModelFamily.FLUX2));
  }

  @AfterAll
  static void stop() {
    served.close();
    real.close();
  }

  /** A pipeline of another family that notes requests and returns black images. */
  private static Pipeline noting(ModelFamily family) {
    Checkpoint checkpoint =
        new CheckpointBuilder(Path.of("flux.safetensors"), family)
            .defaultSize(new ImageSize(128, 128))
            .signs(List.of("distilled: the name"))
            .build();
    return BlackImages.of(checkpoint, real, ASKED::set);
  }

  private static PromptSpec asked() {
    return ASKED.get();
  }

  private static BufferedImage opaque(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
  }

  private static BufferedImage transparent(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
  }

  private static String base64(int width, int height) {
    return Base64Images.base64(Base64Images.png(opaque(width, height)));
  }

  /** A field of a form. */
  private record Part(String name, BufferedImage image) {}

  private static HttpResponse<String> edit(Served server, Part... images) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String name : List.of("prompt", "denoising_strength")) {
      text(body, "--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n".formatted(name));
      text(body, "0.5\r\n");
    }
    for (Part part : images) {
      text(
          body,
          "--x\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"a.png\"\r\n\r\n"
              .formatted(part.name()));
      body.writeBytes(Base64Images.png(part.image()));
      text(body, "\r\n");
    }
    text(body, "--x--\r\n");
    return server.send(
        server
            .request("/v1/images/edits")
            .POST(BodyPublishers.ofByteArray(body.toByteArray()))
            .header("Content-Type", "multipart/form-data; boundary=x"));
  }

  private static void text(ByteArrayOutputStream body, String text) {
    body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Integer> widths(PromptSpec spec) {
    return spec.referenceImages().stream().map(Image::width).toList();
  }

  @Test
  void model_saysWhatItReads() {
    JsonNode model = served.get("/api/model");
    assertThat(model.get("reads_references").asBoolean()).isTrue();
    assertThat(model.get("size_multiple").asInt()).isEqualTo(16);
    assertThat(model.get("signs").get(0).asText()).isEqualTo("distilled: the name");
    try (Served other = Served.of(noting(ModelFamily.SD1))) {
      JsonNode usual = other.get("/api/model");
      assertThat(usual.get("reads_references").asBoolean()).isFalse();
      assertThat(usual.get("size_multiple").asInt()).isEqualTo(8);
    }
  }

  @Test
  void job_withReferences_readsThem_andKeepsOnlyTheirNames() {
    byte[] upload = Base64Images.png(opaque(48, 32));
    JsonNode sent =
        Served.json(
            served.send(served.request("/api/pictures").POST(BodyPublishers.ofByteArray(upload))));
    String name = sent.get("reference").asText();
    JsonNode job =
        served.ask(
            "/api/jobs",
            "{'prompt': 'x', 'reference_images': ['%s', 'data:image/png;base64,%s']}"
                .formatted(name, base64(16, 16)));
    assertThat(job.get("settings").get("reference_images")).hasSize(1);
    assertThat(job.get("settings").get("reference_images").get(0).asText()).isEqualTo(name);
    served.untilIdle();
    assertThat(widths(asked())).containsExactly(48, 16);
    assertThat(asked().imageToImage()).isEmpty();
  }

  @Test
  void txt2img_withReferences_readsThem_andDoesNotRepeatThem() {
    JsonNode answer =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'prompt': 'x', 'reference_images': ['%s']}".formatted(base64(64, 64)));
    assertThat(widths(asked())).containsExactly(64);
    assertThat(answer.get("parameters").has("reference_images")).isFalse();
  }

  @Test
  void img2img_withReferences_readsBoth() {
    served.ask(
        "/sdapi/v1/img2img",
        "{'prompt': 'x', 'init_images': ['%s'], 'reference_images': ['%s']}"
            .formatted(base64(80, 80), base64(64, 64)));
    assertThat(widths(asked())).containsExactly(64);
    assertThat(asked().imageToImage().orElseThrow().image().width()).isEqualTo(80);
  }

  @Test
  void edit_withoutMask_readsTheImages() {
    assertThat(
            edit(served, new Part("image", opaque(100, 200)), new Part("image[]", opaque(64, 64)))
                .statusCode())
        .isEqualTo(200);
    assertThat(widths(asked())).containsExactly(100, 64);
    assertThat(asked().imageToImage()).isEmpty();
    assertThat(asked().size()).contains(new ImageSize(96, 192));
  }

  @Test
  void edit_ofALargeImage_isReduced_andSaysWhatHasNoEffect() {
    HttpResponse<String> answer = edit(served, new Part("image", opaque(2048, 1024)));
    assertThat(asked().size()).contains(new ImageSize(1440, 720));
    assertThat(Served.json(answer).get("warnings").toString())
        .contains("field 'denoising_strength' has no effect without a mask");
  }

  @Test
  void edit_withMask_repaintsTheFirstImage_andReadsTheOthers() {
    edit(
        served,
        new Part("image[]", opaque(100, 100)),
        new Part("image[]", opaque(64, 64)),
        new Part("mask", transparent(100, 100)));
    assertThat(widths(asked())).containsExactly(64);
    assertThat(asked().imageToImage().orElseThrow().inpainting()).isPresent();
    assertThat(asked().size()).contains(new ImageSize(96, 96));
  }

  @Test
  void edit_ofASingleTransparentImage_repaintsIt() {
    edit(served, new Part("image", transparent(64, 64)));
    assertThat(asked().referenceImages()).isEmpty();
    assertThat(asked().imageToImage().orElseThrow().inpainting()).isPresent();
  }

  @Test
  void edit_ofFiveImages_isRefusedByOpenAisName() {
    Part image = new Part("image[]", opaque(64, 64));
    HttpResponse<String> answer = edit(served, image, image, image, image, image);
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = Served.json(answer.body()).get("error");
    assertThat(error.get("param").asText()).isEqualTo("image");
    assertThat(error.get("message").asText()).contains("at most 4 reference images");
  }

  @Test
  void edit_withAnotherModel_startsFromOneImage() {
    try (Served other = Served.of(noting(ModelFamily.SD1))) {
      edit(other, new Part("image", opaque(100, 100)));
      assertThat(asked().imageToImage()).isPresent();
      assertThat(asked().size()).contains(new ImageSize(96, 96));
      HttpResponse<String> two =
          edit(other, new Part("image[]", opaque(64, 64)), new Part("image[]", opaque(64, 64)));
      assertThat(two.body()).contains("the form must have one image, but has 2 images");
    }
  }
}
