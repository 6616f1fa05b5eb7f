package dev.sdlora.lora.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.tensors.file.TensorFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRAs in PyTorch files. */
class PickledLoraTest {
  private static final String LAYER = "attentions.0.transformer_blocks.0.attn1";

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(PickledLoraTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void open_kohyasNames_givesTheModule() {
    LoraFile file = LoraFile.open(resource("kohya.pt"));
    LoraModule module = file.modules().get(0);
    assertThat(file.modules()).hasSize(1);
    assertThat(file.strays()).isEmpty();
    assertThat(module.key()).startsWith("lora_unet_down_blocks_0").endsWith("attn1_to_q");
    try (TensorFile.Reader reader = file.file().reader()) {
      assertThat(reader.floats(module.part(Part.ALPHA))).containsExactly(1);
      assertThat(reader.floats(module.part(Part.LORA_DOWN)))
          .hasSize(64)
          .isNotEqualTo(new float[64]);
    }
  }

  @Test
  void open_oldPickle_givesTheModule() {
    assertThat(LoraFile.open(resource("processors.bin")).modules())
        .singleElement()
        .extracting(LoraModule::key)
        .isEqualTo("down_blocks.0." + LAYER + ".processor.to_q");
  }

  @Test
  void open_bareLists_areNumbered() {
    assertThat(LoraFile.open(resource("numbered.pt")).modules())
        .extracting(LoraModule::key)
        .containsExactly(
            "unet:0 (linear layers of Attention, CrossAttention, GEGLU)",
            "unet:1 (linear layers of Attention, CrossAttention, GEGLU)");
    assertThat(LoraFile.open(resource("numbered.text_encoder.pt")).modules())
        .extracting(LoraModule::key)
        .containsExactly("text_encoder:0 (linear layers of CLIPAttention)");
  }

  @ParameterizedTest
  @CsvSource({"embedding.pt, textual inversion embedding", "hypernetwork.pt, hypernetwork"})
  void open_noLora_saysWhatItIs(String name, String what) {
    assertThatThrownBy(() -> LoraFile.open(resource(name)))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(what);
  }
}
