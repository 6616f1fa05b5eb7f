package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.image.References;
import dev.sdlora.request.json.Fields;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests that are too large are refused before memory is allocated for them. */
class RequestBoundsTest {
  private static final RequestContext CONTEXT =
      new RequestContext(
          DrawingWriterTest.CONTEXT.pipeline(),
          List.of(),
          List.of(),
          List.of(),
          new References(Map.of()),
          RequestLimits.DEFAULTS.withPixels(1 << 20).withInputPixels(2 << 20),
          false,
          false);

  private static PromptSpec read(ObjectNode request) {
    return new DrawingReader(CONTEXT).read(Fields.of(request), Dialect.LIBRARY, Overrides.NONE);
  }

  private static String white(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    return Base64Images.base64(Base64Images.png(image));
  }

  /** Returns a PNG that consists only of the header. */
  private static String header(int width, int height) {
    byte[] png = Base64Images.png(new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY));
    byte[] start = ByteBuffer.wrap(png).putInt(16, width).putInt(20, height).array();
    return Base64Images.base64(Arrays.copyOf(start, 33));
  }

  private static ObjectNode withMasks(int count, String text) {
    ObjectNode request = Fields.object();
    ObjectNode masks = request.putObject("masks");
    for (int i = 0; i < count; i++) {
      masks.put("m" + i, text);
    }
    return request;
  }

  @Test
  void masks_tooMany_areRefusedUndecoded() {
    assertThat(read(withMasks(50, "0,0,1,1")).masks()).hasSize(50);
    assertThatThrownBy(() -> read(withMasks(51, "no image")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field 'masks' has 51 masks; the limit is 50");
  }

  @Test
  void loras_tooMany_areRefusedBeforeOneIsLookedUp() {
    ObjectNode request = Fields.object();
    ArrayNode loras = request.putArray("lora");
    for (int i = 0; i < 2000; i++) {
      loras.addObject().put("path", "ink");
    }
    assertThatThrownBy(() -> read(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field 'lora' has 2000 LoRAs; the limit is 100");
  }

  @Test
  void controlUnits_tooMany_areRefusedBeforeOneIsLookedUp() {
    ObjectNode request = Fields.object();
    ArrayNode units =
        request.putObject("alwayson_scripts").putObject("ControlNet").putArray("args");
    for (int i = 0; i < 11; i++) {
      units.addObject().put("model", "canny");
    }
    units.addObject().put("enabled", false);
    assertThatThrownBy(() -> read(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field 'alwayson_scripts' has 11 units; the limit is 10");
  }

  @Test
  void images_tooManyPixelsTogether_areRefusedByTheirHeaders() {
    assertThat(read(withMasks(2, white(1024, 1024))).masks()).hasSize(2);
    ObjectNode request = withMasks(2, white(1024, 1024));
    request.putArray("init_images").add(header(8, 8));
    assertThatThrownBy(() -> read(request))
        .isInstanceOfSatisfying(
            ResourceException.class,
            e -> assertThat(e.resource()).isEqualTo(ResourceException.Resource.PIXELS))
        .hasMessage(
            "the images up to field 'init_images' have 2097216 pixels in total; the limit is 2097152");
  }

  @Test
  void text_tooLong_isRefused_whereverItStands() {
    int most = RequestLimits.DEFAULTS.text();
    ObjectNode unknown = Fields.object();
    unknown.putObject("notes").putArray("more").add("x".repeat(19_000)).add(7);
    assertThat(read(unknown).masks()).isEmpty();
    ArrayNode more = unknown.withObjectProperty("notes").withArrayProperty("more");
    for (int i = 0; i < 14; i++) {
      more.add("x".repeat(19_000));
    }
    ObjectNode prompts = Fields.object();
    prompts.put("prompt", "x".repeat(most / 2)).put("negative_prompt", "x".repeat(most / 2));
    ObjectNode names = Fields.object();
    names.put("x".repeat(most), 1);
    ObjectNode numbers = Fields.object();
    ArrayNode array = numbers.putArray("n");
    for (int i = 0; i < most / 2 + 1; i++) {
      array.add(1);
    }
    for (ObjectNode request : List.of(unknown, prompts, names, numbers)) {
      assertThatThrownBy(() -> read(request))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(
              "the request has \\d+ characters without its images; the limit is 262144");
    }
  }

  @Test
  void text_ofImages_doesNotCount() {
    ObjectNode request = withMasks(1, white(1024, 1024));
    request.put("mask", "data:image/png;base64," + "A".repeat(RequestLimits.DEFAULTS.text()));
    assertThat(read(request).masks()).hasSize(1);
  }

  @Test
  void longPrompt_isKeptWithTheSettings() {
    String prompt = "a cat, ".repeat(5000);
    ObjectNode request = Fields.object().put("prompt", prompt);
    PromptSpec spec = read(request);
    assertThat(StoredRequest.of(Fields.of(request), spec).path("prompt").textValue())
        .isEqualTo(prompt);
  }

  @Test
  void parse_millionsOfNodes_areRefused() {
    byte[] text = ("{\"n\": [" + "{},".repeat(600_000) + "1]}").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Fields.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Token count");
  }
}
