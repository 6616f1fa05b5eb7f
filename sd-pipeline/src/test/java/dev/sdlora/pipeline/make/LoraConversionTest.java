package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Tests of converting tensors between kohya's and PEFT's names. */
class LoraConversionTest {
  private Path folder = Path.of("");

  @BeforeProperty
  void createFolder() throws IOException {
    folder = Files.createTempDirectory("convert");
  }

  @AfterProperty
  void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Path toKohya(Path source) {
    Path file = folder.resolve("KOHYA-of-" + source.getFileName());
    LoraConversion.toKohya(source).write(file);
    return file;
  }

  private Path toPeft(Path source) {
    Path file = folder.resolve("PEFT-of-" + source.getFileName());
    LoraConversion.toPeft(source).write(file);
    return file;
  }

  @Property(tries = 15)
  void thereAndBack_isTheSame(
      @ForAll int seed, @ForAll @IntRange(min = 1, max = 5) int share, @ForAll boolean half) {
    Path lora =
        TinyFiles.randomLora(
            folder.resolve("lora.safetensors"),
            seed,
            half ? DType.F16 : DType.F32,
            name -> Math.floorMod(name.hashCode() + seed, share) == 0);

    Path back = toKohya(toPeft(lora));

    assertThat(TinyFiles.tensors(back)).isEqualTo(TinyFiles.tensors(lora));
  }

  @Example
  void kohyaFixture_thereAndBack_isTheSame() {
    Path back = toKohya(toPeft(TinyFiles.KOHYA));

    assertThat(TinyFiles.tensors(back)).isEqualTo(TinyFiles.tensors(TinyFiles.KOHYA));
    assertThat(TensorFile.open(back).metadata())
        .isEqualTo(TensorFile.open(TinyFiles.KOHYA).metadata());
  }

  @Example
  void toPeft_hasTheNamesOfDiffusers() {
    Path peft = toPeft(TinyFiles.KOHYA);

    assertThat(TinyFiles.tensors(peft).keySet())
        .containsExactlyInAnyOrderElementsOf(TinyFiles.tensors(TinyFiles.PEFT).keySet());
  }

  @Example
  void toPeft_alphas_areInTheSettings() throws IOException {
    Path lora =
        TinyFiles.randomLora(
            folder.resolve("lora.safetensors"), 3, DType.F32, name -> name.contains("attn1.to_"));
    TensorFile source = TensorFile.open(lora);
    Path peft = toPeft(lora);

    JsonNode settings =
        new ObjectMapper().readTree(TensorFile.open(peft).metadata().get("lora_adapter_metadata"));
    JsonNode alphas = settings.get("unet.alpha_pattern");
    JsonNode ranks = settings.get("unet.rank_pattern");
    assertThat(settings.get("unet.target_modules")).hasSize(64);
    try (TensorFile.Reader reader = source.reader()) {
      for (JsonNode module : settings.get("unet.target_modules")) {
        String key = KeyNaming.KOHYA.key(Network.UNET, module.asText());
        float alpha = reader.floats(source.find(key + ".alpha").orElseThrow())[0];
        long rank = source.find(key + ".lora_down.weight").orElseThrow().shape().get(0);
        JsonNode told = alphas.path(module.asText());
        assertThat((told.isMissingNode() ? settings.get("unet.lora_alpha") : told).doubleValue())
            .isEqualTo(alpha);
        JsonNode size = ranks.path(module.asText());
        assertThat((size.isMissingNode() ? settings.get("unet.r") : size).longValue())
            .isEqualTo(rank);
      }
    }
  }

  @Example
  void sdxlFixture_thereAndBack_isTheSame() {
    Path peft = toPeft(TinyFiles.SDXL);

    assertThat(TinyFiles.tensors(peft).keySet())
        .allMatch(
            name -> name.matches("(unet|text_encoder|text_encoder_2)\\..*\\.lora_[AB]\\.weight"));
    assertThat(TinyFiles.tensors(toKohya(peft))).isEqualTo(TinyFiles.tensors(TinyFiles.SDXL));
  }

  @Example
  void checkpoint_saysWhichLayersThereAre() {
    Path file = folder.resolve("peft.safetensors");
    LoraConversion.toPeft(TinyFiles.KOHYA).checkpoint(TinyFiles.CHECKPOINT).write(file);

    assertThat(TinyFiles.tensors(file)).isEqualTo(TinyFiles.tensors(toPeft(TinyFiles.KOHYA)));
  }

  @Example
  void toPeft_hasTheSameEffect() {
    Path lora =
        TinyFiles.randomLora(folder.resolve("lora.safetensors"), 4, DType.F32, name -> true);

    TinyFiles.assertSameChange(
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(toPeft(lora)))),
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(lora))),
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of()),
        1e-6);
  }

  @Example
  void scaleInFactors_hasTheSameEffect() {
    Path lora =
        TinyFiles.randomLora(folder.resolve("lora.safetensors"), 5, DType.F32, name -> true);
    Path peft = folder.resolve("peft.safetensors");
    LoraConversion.toPeft(lora).scaleInFactors(true).write(peft);

    assertThat(TensorFile.open(peft).metadata()).doesNotContainKey("lora_adapter_metadata");
    TinyFiles.assertSameChange(
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(peft))),
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(lora))),
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of()),
        2e-6);
  }

  @Example
  void unknownLayer_isNamed() {
    Path lora = folder.resolve("lora.safetensors");
    new SafetensorsWriter()
        .tensor("lora_unet_what.lora_down.weight", List.of(1L, 2L), new float[2], DType.F32)
        .tensor("lora_unet_what.lora_up.weight", List.of(2L, 1L), new float[2], DType.F32)
        .write(lora);

    assertThatThrownBy(() -> toPeft(lora))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'lora_unet_what' matches no known layer");
  }
}
