package dev.sdlora.lora.factors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZeroModulesTest {
  @TempDir Path folder;

  /**
   * Writes the named tensors of one layer; those with a minus are zero except for the last number.
   */
  private LoraFile lora(String parts) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String part : List.of(parts.split(" ", -1))) {
      boolean zero = part.startsWith("0");
      String name = zero ? part.substring(1) : part;
      boolean flat =
          name.equals("dora_scale")
              || name.endsWith("norm")
              || name.equals("diff_b")
              || name.equals("weight");
      boolean blocks = name.startsWith("oft");
      List<Long> shape =
          name.equals("dora_scale")
              ? List.of(4L, 1L)
              : flat ? List.of(4L) : blocks ? List.of(2L, 2L, 2L) : List.of(4L, 4L);
      float[] values = new float[flat ? 4 : blocks ? 8 : 16];
      if (!zero) {
        values[values.length - 1] = 0.5f;
      }
      writer.tensor("lora_unet_x." + name, shape, values, DType.F16);
    }
    Path path = folder.resolve("x.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  @ParameterizedTest
  @CsvSource({
    "lora_down.weight 0lora_up.weight, true",
    "0lora_down.weight lora_up.weight, true",
    "lora_down.weight lora_up.weight, false",
    "lora_down.weight 0lora_up.weight dora_scale, false",
    "lora_down.weight 0lora_up.weight diff_b, false",
    "lora_down.weight 0lora_up.weight 0diff_b, true",
    "hada_w1_a hada_w1_b 0hada_w2_a hada_w2_b, true",
    "hada_w1_a hada_w1_b hada_w2_a hada_w2_b, false",
    "lokr_w1 0lokr_w2, true",
    "lokr_w1 lokr_w2, false",
    "0a1.weight a2.weight b1.weight 0b2.weight, true",
    "0a1.weight a2.weight b1.weight b2.weight, false",
    "0diff, true",
    "diff, false",
    "0diff_b, true",
    "0w_norm 0b_norm, true",
    "0w_norm b_norm, false",
    "0oft_blocks, true",
    "oft_blocks, false",
  })
  void areAllOf_everyKind_areThoseWithAFactorOfZeros(String parts, boolean zero) {
    assertThat(ZeroModules.areAllOf(lora(parts))).isEqualTo(zero);
  }

  @Test
  void areAllOf_largeTensorWithOneNumberAtItsEnd_isSomething() {
    float[] up = new float[70_000];
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .tensor("lora_unet_x.lora_up.weight", List.of(70_000L, 1L), up, DType.F32)
            .tensor("lora_unet_x.lora_down.weight", List.of(1L, 1L), new float[] {1}, DType.F32);
    Path path = folder.resolve("large.safetensors");
    writer.write(path);
    assertThat(ZeroModules.areAllOf(LoraFile.open(path))).isTrue();

    float[] other = Arrays.copyOf(up, up.length);
    other[69_999] = 1;
    new SafetensorsWriter()
        .tensor("lora_unet_x.lora_up.weight", List.of(70_000L, 1L), other, DType.F32)
        .tensor("lora_unet_x.lora_down.weight", List.of(1L, 1L), new float[] {1}, DType.F32)
        .write(path);
    assertThat(ZeroModules.areAllOf(LoraFile.open(path))).isFalse();
  }
}
