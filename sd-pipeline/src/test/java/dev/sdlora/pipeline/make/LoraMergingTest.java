package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of merging several LoRAs, and of changing the rank. */
@Tag("slow")
class LoraMergingTest {
  @TempDir private static Path files;
  @TempDir private Path folder;

  private static Path first = Path.of("");
  private static Path second = Path.of("");
  private static Map<String, float[]> before = Map.of();

  @BeforeAll
  static void prepare() {
    first =
        TinyFiles.randomLora(
            files.resolve("first.safetensors"), 1, DType.F32, name -> name.hashCode() % 3 != 0);
    second =
        TinyFiles.randomLora(
            files.resolve("second.safetensors"), 2, DType.F16, name -> name.hashCode() % 2 == 0);
    before = TinyFiles.weights(TinyFiles.CHECKPOINT, List.of());
  }

  private static void assertSame(Path made, List<LoraAdapter> loras, double tolerance) {
    TinyFiles.assertSameChange(
        TinyFiles.weights(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(made))),
        TinyFiles.weights(TinyFiles.CHECKPOINT, loras),
        before,
        tolerance);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "0.5, -0.7, 0.3", "0, 1, 0", "1.5, 0, -2"})
  void merge_withoutRank_doesWhatTheyDoTogether(double text, double unet, double other) {
    List<LoraAdapter> loras =
        List.of(
            LoraAdapter.open(first).withStrength(LoraStrength.of(text, unet)),
            LoraAdapter.open(second).withStrength(other),
            LoraAdapter.open(TinyFiles.PEFT));

    Path file = folder.resolve("merged.safetensors");
    CreatedLora made = LoraMerging.of(loras).write(file);

    assertThat(made.keptEnergy()).isEqualTo(1);
    assertSame(file, loras, 2e-6);
  }

  @Test
  void merge_one_keepsItsFactorsToTheBit() {
    Path file = folder.resolve("copy.safetensors");
    LoraMerging.of(List.of(LoraAdapter.open(TinyFiles.KOHYA).withStrength(0.5))).write(file);

    Map<String, String> copy = TinyFiles.tensors(file);
    TinyFiles.tensors(TinyFiles.KOHYA)
        .forEach(
            (name, tensor) -> {
              if (!name.endsWith(".alpha")) {
                assertThat(copy).containsEntry(name, tensor);
              }
            });
  }

  @Test
  void merge_toALargeEnoughRank_losesNothing() {
    List<LoraAdapter> loras = List.of(LoraAdapter.open(first), LoraAdapter.open(second));
    Path file = folder.resolve("merged.safetensors");
    CreatedLora made = LoraMerging.of(loras).rank(8).fileFormat(NumberFormat.FLOAT32).write(file);

    assertThat(made.rank()).isLessThanOrEqualTo(8);
    assertThat(made.keptEnergy()).isGreaterThan(1 - 1e-9);
    assertSame(file, loras, 2e-6);
  }

  @Test
  void merge_toASmallRank_tellsWhatIsKept() {
    List<LoraAdapter> loras = List.of(LoraAdapter.open(first), LoraAdapter.open(second));
    CreatedLora made = LoraMerging.of(loras).rank(1).write(folder.resolve("merged.safetensors"));

    assertThat(made.rank()).isEqualTo(1);
    assertThat(made.keptEnergy()).isBetween(0.2, 0.9);
    CreatedLora most =
        LoraMerging.of(loras).energy(0.9, 100).write(folder.resolve("most.safetensors"));
    assertThat(most.keptEnergy()).isBetween(0.9, 0.999);
  }

  @Test
  void merge_file_tellsWhatItIsOf() {
    Path file = folder.resolve("both.safetensors");
    LoraMerging.of(
            List.of(
                LoraAdapter.open(first).withStrength(0.5),
                LoraAdapter.open(second).withStrength(LoraStrength.of(1, 2))))
        .write(file);

    LoraAdapter lora = LoraAdapter.open(file);
    assertThat(lora.alias()).contains("both");
    assertThat(lora.metadata())
        .containsEntry("ss_training_comment", "merged from <lora:first:0.5>, <lora:second:1:2>")
        .containsEntry("ss_base_model_version", "sd_v1");
  }

  @Test
  void merge_blocksAndLeadingComponents_countAsInARequest() {
    LoraAdapter lora =
        LoraAdapter.open(first)
            .withStrength(
                LoraStrength.of(1)
                    .withBlocks(BlockWeights.parse("INS"))
                    .withRankLimit(OptionalInt.of(1)));
    Path file = folder.resolve("merged.safetensors");
    LoraMerging.of(List.of(lora)).write(file);

    assertSame(file, List.of(lora), 2e-6);
  }

  @Test
  void merge_whatDoesNotGoTogether_isRefused() {
    LoraAdapter lora = LoraAdapter.open(first);
    Path file = folder.resolve("merged.safetensors");

    assertThatThrownBy(
            () -> LoraMerging.of(List.of(lora, LoraAdapter.open(TinyFiles.SDXL))).write(file))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("SD 1.x")
        .hasMessageContaining("SDXL");
    assertThatThrownBy(() -> LoraMerging.of(List.of(lora.withStrength(0))).write(file))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("all strengths are 0");
    LoraAdapter changing =
        lora.withStrength(LoraStrength.of(1).withUnet(StrengthSchedule.parse("1@0,0@1")));
    assertThatThrownBy(() -> LoraMerging.of(List.of(changing)).write(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same strength in all steps");
    assertThatThrownBy(() -> LoraMerging.of(List.of())).hasMessage("loras must not be empty");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void resize_toItsOwnRank_losesNothing() {
    Path file = folder.resolve("same.safetensors");
    CreatedLora made = LoraResizing.of(first).rank(4).write(file);

    assertThat(made.rank()).isEqualTo(4);
    assertSame(file, List.of(LoraAdapter.open(first)), 2e-6);
  }

  @Test
  void resize_toRank1_isWhatTheSmallerRuleKeeps() {
    CreatedLora one = LoraResizing.of(first).rank(1).write(folder.resolve("one.safetensors"));
    CreatedLora half =
        LoraResizing.of(first).energy(0.5, 99).write(folder.resolve("half.safetensors"));

    assertThat(one.rank()).isEqualTo(1);
    assertThat(one.keptEnergy()).isBetween(0.3, 0.9);
    assertThat(half.keptEnergy()).isBetween(0.5, 0.95);
  }

  @Test
  void resize_keepsTheMetadataButForWhatChanged() {
    Path file = folder.resolve("one.safetensors");
    LoraResizing.of(TinyFiles.KOHYA).rank(1).write(file);

    assertThat(LoraAdapter.open(file).metadata())
        .containsAllEntriesOf(
            Map.of(
                "ss_output_name", "tiny_lora",
                "ss_network_dim", "1",
                "ss_network_alpha", "1",
                "ss_training_comment", "resized from rank 2 to 1"));
  }

  @Test
  void resize_sdxl_keepsItsNames() {
    Path file = folder.resolve("sdxl.safetensors");
    LoraResizing.of(TinyFiles.SDXL).rank(1).write(file);

    assertThat(TinyFiles.tensors(file).keySet())
        .containsExactlyInAnyOrderElementsOf(TinyFiles.tensors(TinyFiles.SDXL).keySet());
  }

  @Test
  void resize_badRequests_areRefused() {
    LoraResizing resizing = LoraResizing.of(first);

    assertThatThrownBy(() -> resizing.write(folder.resolve("a.safetensors")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("neither rank nor energy is set");
    assertThatThrownBy(() -> resizing.rank(0)).hasMessage("rank must be at least 1: 0");
    assertThatThrownBy(() -> resizing.energy(1.5, 4)).hasMessageContaining("at most 1: 1.5");
    assertThatThrownBy(() -> resizing.rank(1).write(first))
        .hasMessageContaining("would be overwritten");
  }
}
