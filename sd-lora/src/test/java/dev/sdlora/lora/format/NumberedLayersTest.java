package dev.sdlora.lora.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in cloneofsimo's layout. */
class NumberedLayersTest {
  private static final String CLASSES = "[\"GEGLU\", \"CrossAttention\", \"Attention\"]";

  @TempDir Path folder;

  private LoraFile open(String network, Map<String, String> metadata, long[][] outAndIn) {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    for (int i = 0; i < outAndIn.length; i++) {
      long out = outAndIn[i][0];
      long in = outAndIn[i][1];
      writer.tensor(network + ":" + i + ":up", List.of(out, 1L), new float[(int) out], DType.F16);
      writer.tensor(network + ":" + i + ":down", List.of(1L, in), new float[(int) in], DType.F16);
    }
    Path path = folder.resolve("numbered.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  @Test
  void open_oldOrder_hasTheFeedForwardLayerBetweenAttentions() {
    long[][] sizes = {{4, 4}, {4, 4}, {4, 4}, {4, 4}, {32, 4}, {4, 4}, {4, 768}, {4, 768}, {4, 4}};
    LoraFile file = open("unet", Map.of("unet", CLASSES), sizes);
    assertThat(file.modules())
        .allSatisfy(
            module ->
                assertThat(NumberedKey.parse(module.key()))
                    .hasValueSatisfying(key -> assertThat(key.feedForwardLast()).isFalse()));
    assertThat(file.family()).isEqualTo(ModelFamily.SD1);
    assertThat(file.rank()).isEqualTo(1);
  }

  @Test
  void open_newOrder_isToldByTheShapes() {
    long[][] sizes = {{4, 4}, {4, 4}, {4, 4}, {4, 4}, {4, 4}, {4, 6}, {4, 6}, {4, 4}, {32, 4}};
    LoraFile file = open("unet", Map.of("unet", CLASSES), sizes);
    assertThat(file.modules())
        .extracting(LoraModule::key)
        .contains("unet:8 (linear layers of Attention, CrossAttention, GEGLU; feed-forward last)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet | {} | lacks the list 'unet' of the classes",
        "unet | [\"Sequential\"] | numbers the layers of class 'Sequential'",
        "unet | nonsense | is not a JSON list",
        "vae | [\"GEGLU\"] | changes network 'vae'"
      })
  void open_unknownCount_isRefused(String network, String classes, String reason) {
    Map<String, String> metadata = classes.equals("{}") ? Map.of() : Map.of(network, classes);
    assertThatThrownBy(() -> open(network, metadata, new long[][] {{4, 4}}))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("numbered.safetensors")
        .hasMessageContaining(reason);
  }
}
