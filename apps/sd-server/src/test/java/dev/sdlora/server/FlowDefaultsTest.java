package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.request.image.Base64Images;
import java.awt.image.BufferedImage;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests in all APIs that name nothing but a prompt, to models with settings of their own. */
final class FlowDefaultsTest {
  private static final String PNG =
      Base64Images.base64(Base64Images.png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB)));
  private static final AtomicReference<PromptSpec> ASKED = new AtomicReference<>();

  private static Pipeline real;

  @BeforeAll
  static void start() {
    real = Served.pipeline(1);
  }

  @AfterAll
  static void stop() {
    real.close();
  }

  /** A pipeline of another family that notes requests and returns black images. */
  private static Pipeline noting(ModelFamily family, int steps, double cfg) {
    Checkpoint checkpoint =
        new CheckpointBuilder(Path.of("flow.safetensors"), family)
            .defaultSize(new ImageSize(256, 256))
            .defaults(
                PromptSpec.builder().sampler(Sampler.EULER).steps(steps).cfgScale(cfg).build())
            .build();
    return BlackImages.of(checkpoint, real, ASKED::set);
  }

  @ParameterizedTest
  @CsvSource({"FLUX2, 4, 1", "FLUX2, 50, 4", "Z_IMAGE, 8, 1"})
  void silentRequests_haveTheModelsSettings(ModelFamily family, int steps, double cfg) {
    try (Served served = Served.of(noting(family, steps, cfg))) {
      for (String path : List.of("/sdapi/v1/txt2img", "/api/jobs", "/v1/images/generations")) {
        served.ask(path, "{'prompt': 'x'}");
        served.untilIdle();
        assertAsked(path, steps, cfg);
        assertThat(ASKED.get().size().orElse(new ImageSize(256, 256)))
            .as(path)
            .isEqualTo(new ImageSize(256, 256));
      }
      String start = "{'prompt': 'x', 'init_images': ['%s']}".formatted(PNG);
      for (String path : List.of("/sdapi/v1/img2img", "/api/jobs")) {
        served.ask(path, start);
        served.untilIdle();
        assertAsked(path + " with an image", steps, cfg);
      }
      edit(served);
      assertAsked("/v1/images/edits", steps, cfg);
      JsonNode shown = served.get("/api/model").get("defaults");
      assertThat(shown.get("steps").asInt()).isEqualTo(steps);
      assertThat(shown.get("cfg_scale").asDouble()).isEqualTo(cfg);
      assertThat(shown.get("sampler_name").asText()).isEqualTo("Euler");
      assertThat(shown.get("width").asInt()).isEqualTo(256);
    }
  }

  @Test
  void prompt_weights_arePlainText_withAWarning() {
    try (Served served = Served.of(noting(ModelFamily.Z_IMAGE, 8, 1))) {
      String prompt = "(red:1.2) \\\\( [a|b] BREAK y AND z";
      JsonNode read = served.ask("/api/prompt", "{'prompt': '" + prompt + "'}").get("prompt");
      List<String> kinds = new ArrayList<>();
      read.get("spans").forEach(span -> kinds.add(span.get("kind").asText()));
      assertThat(kinds).containsOnly("alternation", "and");
      assertThat(read.get("problems")).hasSize(2);
      JsonNode problem = read.get("problems").get(0);
      assertThat(problem.get("severity").asText()).isEqualTo("warning");
      assertThat(problem.get("sentence").asText()).startsWith("Z-Image reads brackets and weights");
      assertThat(problem.get("end").asInt()).isEqualTo("(red:1.2)".length());
    }
  }

  private static void assertAsked(String path, int steps, double cfg) {
    PromptSpec spec = ASKED.get();
    assertThat(spec.steps()).as(path).isEqualTo(steps);
    assertThat(spec.cfgScale()).as(path).isEqualTo(cfg);
    assertThat(spec.sampler()).as(path).isEqualTo(Sampler.EULER);
  }

  private static void edit(Served served) {
    String name = "--x\r\nContent-Disposition: form-data; name=";
    String body = name + "\"prompt\"\r\n\r\ny\r\n" + name + "\"image\"; filename=\"a.png\"\r\n\r\n";
    byte[] image = Base64Images.png(new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB));
    byte[] start = body.getBytes(StandardCharsets.ISO_8859_1);
    byte[] end = "\r\n--x--\r\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] form = new byte[start.length + image.length + end.length];
    System.arraycopy(start, 0, form, 0, start.length);
    System.arraycopy(image, 0, form, start.length, image.length);
    System.arraycopy(end, 0, form, start.length + image.length, end.length);
    Served.json(
        served.send(
            served
                .request("/v1/images/edits")
                .POST(BodyPublishers.ofByteArray(form))
                .header("Content-Type", "multipart/form-data; boundary=x")));
  }
}
