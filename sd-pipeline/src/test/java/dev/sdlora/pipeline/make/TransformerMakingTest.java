package dev.sdlora.pipeline.make;

import static dev.sdlora.pipeline.make.ComfyUiFolder.denoiser;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.SkippedLayers;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.api.model.CheckpointDistance;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.pipeline.make.ComfyUiFolder.Model;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of extractions, merges and distances of FLUX.2 klein and Z-Image. */
class TransformerMakingTest {
  @TempDir static Path temporary;

  private static ComfyUiFolder folder;

  /** The models in float32, without and with LoRAs. */
  private static final Map<Model, Path> PLAIN = new EnumMap<>(Model.class);

  private static final Map<Model, Path> TUNED = new EnumMap<>(Model.class);

  @BeforeAll
  static void createModels() throws IOException {
    folder = ComfyUiFolder.in(temporary);
    for (Model model : Model.values()) {
      Path plain = folder.file(model + "-plain");
      TinyFiles.inFloat32(model.file(), plain, name -> true);
      Path tuned = folder.file(model + "-tuned");
      LoraBaking.into(plain, model.loras()).write(tuned);
      PLAIN.put(model, plain);
      TUNED.put(model, tuned);
    }
  }

  private static Path plain(Model model) {
    return Objects.requireNonNull(PLAIN.get(model));
  }

  private static Path tuned(Model model) {
    return Objects.requireNonNull(TUNED.get(model));
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void extraction_appliedToTheOriginal_givesTheTunedWeights(Model model) {
    Path file = folder.file(model + "-extracted");
    CreatedLora lora =
        LoraExtraction.between(plain(model), tuned(model))
            .convolutions(true)
            .rank(16)
            .exact(true)
            .fileFormat(NumberFormat.FLOAT32)
            .write(file);

    assertThat(lora.leftOut()).isEmpty();
    assertThat(lora.keptEnergy()).isGreaterThan(0.999999);
    LoraAdapter extracted = LoraAdapter.open(file);
    assertThat(extracted.effectOn(Checkpoint.open(plain(model))).unmatched()).isEmpty();
    TinyFiles.assertSameChange(
        denoiser(plain(model), List.of(extracted)),
        denoiser(tuned(model), List.of()),
        denoiser(plain(model), List.of()),
        1e-4);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void extraction_byDefault_takesTheBlocks(Model model) {
    Path file = folder.file(model + "-blocks");
    CreatedLora lora = LoraExtraction.between(plain(model), tuned(model)).write(file);

    assertThat(lora.leftOut())
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.cause()).isEqualTo(SkippedLayers.Cause.OUTSIDE_TRANSFORMERS);
              assertThat(left.layers()).noneMatch(layer -> layer.matches("\\w+\\.\\d+\\..*"));
            });
    assertThat(TensorFile.open(file).tensors().keySet())
        .allMatch(name -> name.startsWith("diffusion_model."));
    assertThat(LoraAdapter.open(file).family()).isEqualTo(model.family());
  }

  /** The text encoder of the two models is one file, and the layouts differ. */
  @Test
  void extraction_ofTheSameWeights_findsNothing() {
    LoraExtraction extraction =
        LoraExtraction.between(plain(Model.KLEIN), Model.KLEIN.file()).convolutions(true);
    assertThatThrownBy(() -> extraction.write(folder.file("none")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("there is nothing to extract");
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void distance_comparesByTheNamesInside(Model model) {
    Checkpoint file = Checkpoint.open(plain(model));
    CheckpointDistance none = file.distanceTo(Checkpoint.open(model.file()));
    assertThat(none.relative()).isZero();
    assertThat(none.notCompared()).isEmpty();
    assertThat(none.byPart())
        .containsOnlyKeys(ModelPart.TEXT_ENCODER, ModelPart.UNET, ModelPart.VAE);

    CheckpointDistance some = file.distanceTo(Checkpoint.open(tuned(model)));
    assertThat(some.blocks().stream().filter(block -> block.change() > 0))
        .isNotEmpty()
        .allMatch(block -> block.part() == ModelPart.UNET)
        .extracting(BlockChange::name)
        .contains(model == Model.KLEIN ? "S00" : "L00");
    CheckpointDistance folders = file.distanceTo(Checkpoint.open(model.folder()));
    assertThat(folders.byPart().get(ModelPart.UNET))
        .satisfies(part -> assertThat(Objects.requireNonNull(part).change()).isZero());
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void weightedSum_isBetweenTheModels(Model model) {
    Path sum = folder.file(model + "-sum");
    CheckpointMerging.weightedSum(plain(model), tuned(model)).multiplier(0.25).write(sum);
    assertMean(plain(model), tuned(model), sum, name -> 0.25);

    Path whole = folder.file(model + "-whole");
    CheckpointMerging.weightedSum(plain(model), tuned(model)).multiplier(1).write(whole);
    assertThat(TinyFiles.tensors(whole)).isEqualTo(TinyFiles.tensors(tuned(model)));
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void addDifference_ofATunedModel_addsItsChange(Model model) {
    Path sum = folder.file(model + "-added");
    CheckpointMerging.addDifference(plain(model), tuned(model), plain(model))
        .multiplier(1)
        .write(sum);
    TinyFiles.assertSameChange(
        denoiser(sum, List.of()),
        denoiser(tuned(model), List.of()),
        denoiser(plain(model), List.of()),
        1e-4);
  }

  @Test
  void weightedSum_withBlocks_leavesTheOthers() {
    Path sum = folder.file("single");
    CheckpointMerging.weightedSum(plain(Model.KLEIN), tuned(Model.KLEIN))
        .blocks(BlockWeights.preset("SINGLE"))
        .write(sum);
    assertMean(
        plain(Model.KLEIN),
        tuned(Model.KLEIN),
        sum,
        name -> name.contains(".transformer_blocks.") ? 0 : 1);
  }

  private interface Share {
    double of(String weight);
  }

  private static void assertMean(Path a, Path b, Path sum, Share share) {
    Map<String, float[]> one = denoiser(a, List.of());
    Map<String, float[]> other = denoiser(b, List.of());
    BiConsumer<String, float[]> check =
        (name, values) -> {
          float[] x = Objects.requireNonNull(one.get(name));
          float[] y = Objects.requireNonNull(other.get(name));
          float[] expected = new float[x.length];
          for (int i = 0; i < x.length; i++) {
            expected[i] = (float) (x[i] * (1 - share.of(name)) + y[i] * share.of(name));
          }
          assertThat(values).as(name).isEqualTo(expected);
        };
    denoiser(sum, List.of()).forEach(check);
  }

  @Test
  void merging_otherLayoutsOrFamilies_isRefused() {
    Path target = folder.file("refused");
    List<CheckpointMerging> refused = new ArrayList<>();
    refused.add(CheckpointMerging.weightedSum(Model.KLEIN.file(), Model.KLEIN.folder()));
    refused.add(CheckpointMerging.weightedSum(Model.KLEIN.file(), Model.Z_IMAGE.file()));
    refused.forEach(
        merging ->
            assertThatThrownBy(() -> merging.write(target))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot be merged: tensor"));
    assertThatThrownBy(() -> refused.get(0).write(target))
        .hasMessageContaining("their layouts probably differ");
    assertThat(target).doesNotExist();
  }
}
