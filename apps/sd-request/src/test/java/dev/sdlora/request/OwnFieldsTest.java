package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OwnFieldsTest {
  private static PromptSpec read(String fields) {
    PromptSpec.Builder spec = PromptSpec.builder();
    byte[] json = fields.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    new OwnFields(
            DrawingWriterTest.CONTEXT,
            new RequestImages(DrawingWriterTest.CONTEXT, Fields.of(Fields.object())))
        .read(Fields.parse(json), spec);
    return spec.build();
  }

  @Test
  void fields_thatA1111DoesNotHave_areRead_andWritten() {
    PromptSpec spec =
        read(
            "{'lora_mode': 'Overlay', 'lenient': false, 'add_trigger_words': true, 'masks':"
                + " {'left': '0,0,.5,1'}}");
    assertThat(spec.loraMode()).contains(LoraMode.OVERLAY);
    assertThat(spec.lenient()).contains(false);
    assertThat(spec.addTriggerWords()).isTrue();
    assertThat(spec.masks()).containsEntry("left", RegionMask.rectangle(0, 0, 0.5, 1));
    assertThat(new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec).has("masks")).isFalse();
  }

  @Test
  void referenceImages_areReadInOrder_butNotWritten() {
    String red = picture(Color.RED);
    String blue = picture(Color.BLUE);
    PromptSpec spec = read("{'reference_images': ['%s', '%s']}".formatted(red, blue));
    assertThat(spec.referenceImages())
        .extracting(image -> image.toBufferedImage().getRGB(0, 0))
        .containsExactly(Color.RED.getRGB(), Color.BLUE.getRGB());
    assertThat(Fields.of(new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec)).names())
        .doesNotContain("reference_images", "referenceImages");
  }

  @Test
  void referenceImages_thatCannotBeUsed_areNamed() {
    String five = "'%s',".formatted(picture(Color.RED)).repeat(5).replaceAll(",$", "");
    assertThatThrownBy(() -> read("{'reference_images': [%s]}".formatted(five)))
        .isInstanceOfSatisfying(
            FieldException.class, e -> assertThat(e.field()).isEqualTo("reference_images"))
        .hasMessageContaining("at most 4 reference images");
    assertThatThrownBy(() -> read("{'reference_images': ['x']}"))
        .hasMessage("field 'reference_images' is not a base64 image");
    assertThatThrownBy(() -> read("{'reference_images': 'x'}"))
        .hasMessage("field 'reference_images' must be a list: \"x\"");
  }

  private static String picture(Color color) {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, 16, 16);
    graphics.dispose();
    return Base64Images.base64(Base64Images.png(image));
  }

  @Test
  void fields_ofAnotherKind_areNamed() {
    assertThatThrownBy(() -> read("{'lora_mode': 'best'}"))
        .hasMessage("lora_mode 'best' is unknown; known values: auto, patched, overlay");
    assertThatThrownBy(() -> read("{'masks': 'left'}"))
        .hasMessage("field 'masks' must be an object: \"left\"");
    assertThatThrownBy(() -> read("{'masks': {'left': 'x'}}"))
        .hasMessage("field 'masks.left' is not a base64 image");
    assertThatThrownBy(() -> read("{'masks': {'left': 'job:1'}}"))
        .hasMessageContaining("field 'masks.left' must be a base64 image");
  }
}
