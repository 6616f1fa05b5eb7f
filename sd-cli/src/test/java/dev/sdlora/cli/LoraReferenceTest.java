package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.models.ModelStore;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where references end and strengths begin, and what the terminal is told of downloads. */
final class LoraReferenceTest {

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
        .hasMessageStartingWith("'hf:owner' names no model to get: ");
    assertThatThrownBy(() -> LoraAdapter.open("civitai:ink"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Checkpoint.open(BundledModel.checkpoint().toString()))
        .isEqualTo(Checkpoint.open(BundledModel.checkpoint()));
  }
}
