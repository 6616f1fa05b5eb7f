package dev.sdlora.lora.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of PEFT next to a file and in its metadata. */
class AdapterConfigTest {
  @TempDir Path folder;

  private Path write(Map<String, String> metadata, String key, boolean alpha) {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    writer
        .tensor(key + ".lora_A.weight", List.of(4L, 2L), new float[8], DType.F16)
        .tensor(key + ".lora_B.weight", List.of(3L, 4L), new float[12], DType.F16);
    if (alpha) {
      writer.tensor(key + ".alpha", List.of(), new float[] {1}, DType.F16);
    }
    Path path = folder.resolve("adapter_model.safetensors");
    writer.write(path);
    return path;
  }

  private void settings(String json) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), json);
  }

  private static double scale(LoraFile file) {
    return file.modules().get(0).configuredScale().orElse(-1.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'lora_alpha': 8} | 2",
        "{'lora_alpha': 8, 'r': 4} | 2",
        "{'lora_alpha': 8, 'r': 4, 'use_rslora': true} | 4",
        "{'lora_alpha': 8, 'r': 2, 'rank_pattern': {'to_q': 4}} | 2",
        "{'lora_alpha': 8, 'alpha_pattern': {'to_q': 4}} | 1",
        "{'lora_alpha': 8, 'alpha_pattern': {'b.to_q': 4}} | 1",
        "{'lora_alpha': 8, 'alpha_pattern': {'o_q': 4, 'to_k': 5}} | 2",
        "{'alpha': 6, 'peft_type': 'LOHA'} | 1.5",
        "{'peft_type': 'LORA'} | -1"
      })
  void scale_settingsBeside_count(String json, double expected) throws IOException {
    settings(json.replace('\'', '"'));
    LoraFile file = LoraFile.open(write(Map.of(), "base_model.model.b.to_q", false));
    assertThat(scale(file)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void scale_metadataOfDiffusers_countsForItsNetwork() {
    String json = "{\"unet.lora_alpha\": 8, \"text_encoder.lora_alpha\": 2}";
    Map<String, String> metadata = Map.of("lora_adapter_metadata", json);
    assertThat(scale(LoraFile.open(write(metadata, "unet.a", false)))).isEqualTo(2);
    assertThat(scale(LoraFile.open(write(metadata, "text_encoder.a", false)))).isEqualTo(0.5);
    assertThat(scale(LoraFile.open(write(metadata, "text_encoder_2.a", false)))).isEqualTo(-1);
  }

  @Test
  void scale_alphaTensor_goesFirst() throws IOException {
    settings("{\"lora_alpha\": 8}");
    assertThat(scale(LoraFile.open(write(Map.of(), "a", true)))).isEqualTo(-1);
  }

  @Test
  void scale_otherTrainersFileInTheFolder_isLeftAlone() throws IOException {
    settings("{\"lora_alpha\": 8}");
    Path path = folder.resolve("kohya.safetensors");
    new SafetensorsWriter()
        .tensor("x.lora_down.weight", List.of(4L, 2L), new float[8], DType.F16)
        .tensor("x.lora_up.weight", List.of(3L, 4L), new float[12], DType.F16)
        .write(path);
    assertThat(scale(LoraFile.open(path))).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'lora_alpha': 8, 'r': 16} | says that the rank is 16, but module 'a' has rank 4",
        "{'lora_alpha': 'x'} | has alpha \"x\", expected a number",
        "{'lora_alpha': 8, 'alpha_pattern': {'a.*b': 4}} | alpha_pattern 'a.*b'",
        "nonsense | is not JSON"
      })
  void scale_settingsWithoutSense_areRefused(String json, String reason) throws IOException {
    settings(json.replace('\'', '"'));
    Path path = write(Map.of(), "a", false);
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining("adapter_config.json")
        .hasMessageContaining(reason);
  }

  @Test
  void files_settingsWrittenLater_areSeen() throws IOException {
    Path path = write(Map.of(), "a", false);
    LoraFiles files = new LoraFiles();
    assertThat(scale(files.open(path))).isEqualTo(-1);
    settings("{\"lora_alpha\": 8}");
    assertThat(scale(files.open(path))).isEqualTo(2);
    assertThat(files.open(path)).isSameAs(files.open(path));
  }
}
