package dev.sdlora.cli.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.cli.console.Console;
import dev.sdlora.models.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parsing of references with strengths, and the download progress on the terminal. */
final class LoraReferenceTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "civitai:16576, true",
    "civitai:model:5, true",
    "civitai:hash:0123456789, true",
    "civitai:16576:0.8, false",
    "civitai:hash:0123456789:1, false",
    "hf:owner/repo/ink.safetensors:0.8, false",
    "ink:0.8, false",
  })
  void isWholeReference_endsThatLookLikeStrengths(String text, boolean whole) {
    assertThat(LoraReference.isWholeReference(text)).isEqualTo(whole);
    assertThat(LoraReference.isWholeReference("https://a/b.pt#sha256=" + "0".repeat(64))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "night            | 1    | 1",
        "night:0.8        | 0.8  | 0.8",
        "night=0.8        | 0.8  | 0.8",
        "night:-.5        | -0.5 | -0.5",
        "night:0.5,1      | 0.5  | 1",
        "night=0.5,1      | 0.5  | 1",
      })
  void openWeighted_bundledName_hasItsWeights(String text, double textEncoder, double unet) {
    LoraAdapter lora = LoraReference.openWeighted(text, List.of(), new Console());

    assertThat(lora.name()).isEqualTo("night");
    assertThat(lora.textEncoderStrength()).isEqualTo(textEncoder);
    assertThat(lora.unetStrength()).isEqualTo(unet);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=b.safetensors", "a:0.5.safetensors"})
  void openWeighted_fileWhoseNameLooksWeighted_isThatFile(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.copy(BundledModel.loras().resolve("night.safetensors"), file);

    LoraAdapter lora = LoraReference.openWeighted(file.toString(), List.of(), new Console());
    assertThat(lora.path()).isEqualTo(file);
    assertThat(lora.unetStrength()).isEqualTo(1);
    assertThat(LoraReference.openWeighted(file + "=0.3", List.of(), new Console()).unetStrength())
        .isEqualTo(0.3);
  }

  @Test
  void progress_ofADownload_saysHowMuchHowFastAndHowLong() {
    ModelStore.Progress known =
        new ModelStore.Progress(
            "m.safetensors",
            500_000_000,
            OptionalLong.of(2_000_000_000),
            25e6,
            Optional.of(Duration.ofSeconds(60)));
    ModelStore.Progress unknown =
        new ModelStore.Progress("ink.pt", 1_500_000, OptionalLong.empty(), 0, Optional.empty());

    assertThat(PublishedFile.text(known))
        .isEqualTo(
            "m.safetensors [#######-----------------------] 500 of 2000 MB, 25.0 MB/s, 1:00 left");
    assertThat(PublishedFile.text(unknown)).isEqualTo("ink.pt 2 MB, 0.0 MB/s");
  }

  @Test
  void open_reference_isReadByTheStoreOnThePath() {
    assertThatThrownBy(() -> Checkpoint.open("hf:owner"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'hf:owner' is not a valid model reference: ");
    assertThatThrownBy(() -> LoraAdapter.open("civitai:ink"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Checkpoint.open(BundledModel.checkpoint().toString()))
        .isEqualTo(Checkpoint.open(BundledModel.checkpoint()));
  }
}
