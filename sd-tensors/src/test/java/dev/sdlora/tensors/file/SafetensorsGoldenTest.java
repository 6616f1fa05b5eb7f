package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyModels;
import java.util.List;
import org.assertj.core.data.MapEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A small LoRA with kohya's names, not written by this library. The expected values were read from
 * it with Python's json, hashlib and NumPy ({@code numpy.frombuffer(data, '<f2')}).
 */
final class SafetensorsGoldenTest {
  private TensorFile file;

  @BeforeEach
  void open() {
    file = TensorFile.open(TinyModels.LORA);
  }

  @Test
  void open_referenceFile_hasItsTensorsAndMetadata() {
    assertThat(file.dataStart()).isEqualTo(8 + 99_080);
    assertThat(file.fileSize()).isEqualTo(204_666);
    assertThat(file.tensors()).hasSize(735);
    assertThat(file.tensors().values()).allMatch(entry -> entry.dtype() == DType.F16);
    assertThat(file.tensors().values().stream().mapToLong(TensorEntry::elements).sum())
        .isEqualTo(52_789);
    assertThat(file.metadata())
        .containsExactly(
            MapEntry.entry("modelspec.architecture", "stable-diffusion-v1/lora"),
            MapEntry.entry("ss_base_model_version", "sd_v1"),
            MapEntry.entry("ss_network_alpha", "1.0"),
            MapEntry.entry("ss_network_dim", "2"),
            MapEntry.entry("ss_network_module", "networks.lora"),
            MapEntry.entry("ss_output_name", "tiny_lora"));
  }

  @Test
  void floats_referenceFile_areItsValues() {
    TensorEntry alpha = entry("lora_te_text_model_encoder_layers_0_mlp_fc1.alpha");
    TensorEntry down = entry("lora_unet_up_blocks_1_attentions_0_proj_in.lora_down.weight");
    TensorEntry last = entry("lora_unet_up_blocks_3_resnets_2_conv_shortcut.lora_up.weight");

    assertThat(alpha.shape()).isEmpty();
    assertThat(down.shape()).isEqualTo(List.of(2L, 32L, 1L, 1L));
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(alpha)).containsExactly(2);
      assertThat(reader.floats(down))
          .hasSize(64)
          .startsWith(0.09814453f, -0.022827148f, 0.11230469f, 0.39453125f)
          .endsWith(0.30664062f);
      assertThat(reader.floats(last))
          .startsWith(0.6171875f, -0.16699219f, 0.5234375f, 0.47070312f)
          .endsWith(-0.33984375f);
    }
  }

  @Test
  void hashes_referenceFile_areThoseOfItsBytes() {
    assertThat(FileHashes.autoV2(file.path())).isEqualTo("ee0fd8118e");
    assertThat(FileHashes.autoV3(file)).isEqualTo("e3796e3f36dc");
  }

  private TensorEntry entry(String name) {
    return file.find(name).orElseThrow();
  }
}
