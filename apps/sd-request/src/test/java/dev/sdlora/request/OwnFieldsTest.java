package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class OwnFieldsTest {
  private static PromptSpec read(String fields) {
    PromptSpec.Builder spec = PromptSpec.builder();
    byte[] json = fields.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    new OwnFields(DrawingWriterTest.OFFER, new RequestImages(DrawingWriterTest.OFFER))
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
    DrawingWriter.Written written = new DrawingWriter(DrawingWriterTest.OFFER).write(spec);
    assertThat(written.unsaid()).containsExactly("masks");
  }

  @Test
  void fields_ofAnotherKind_areNamed() {
    assertThatThrownBy(() -> read("{'lora_mode': 'best'}"))
        .hasMessage("field 'lora_mode' must be auto, patched or overlay: 'best'");
    assertThatThrownBy(() -> read("{'masks': 'left'}"))
        .hasMessage("field 'masks' must be an object: \"left\"");
    assertThatThrownBy(() -> read("{'masks': {'left': 'x'}}"))
        .hasMessage("field 'masks.left' is not a base64 image");
    assertThatThrownBy(() -> read("{'masks': {'left': 'job:1'}}"))
        .hasMessageContaining("field 'masks.left' must be a base64 image");
  }
}
