package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules of every kind on layers that they fit and on others. */
class PatchPlanFitTest {
  private static final ModuleIndex INDEX =
      new ModuleIndex(
          Map.of(
              Network.UNET,
              Map.of(
                  "fc.weight", List.of(48L, 40L),
                  "fc.bias", List.of(48L),
                  "bare.weight", List.of(48L, 40L),
                  "conv.weight", List.of(24L, 20L, 3L, 3L),
                  "norm.weight", List.of(48L),
                  "norm.bias", List.of(48L))));

  @TempDir Path folder;

  @Test
  void of_layerInTwoSpellings_isRefused() {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : List.of("lora_unet_fc.lora_%s.weight", "unet.fc.lora_%s.weight")) {
      boolean kohya = name.startsWith("lora");
      writer.tensor(
          name.formatted(kohya ? "down" : "A"), List.of(4L, 40L), new float[160], DType.F16);
      writer.tensor(
          name.formatted(kohya ? "up" : "B"), List.of(48L, 4L), new float[192], DType.F16);
    }
    Path path = folder.resolve("twice.safetensors");
    writer.write(path);
    LoraUse use = new LoraUse("twice", LoraFile.open(path), 1, 1);
    assertThatThrownBy(() -> PatchPlan.of(INDEX, "tiny", ModelFamily.SD1, List.of(use)))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("both change 'fc.weight' by LoRA");
  }

  /** OpenCLIP stores three projections of the text encoder in one. */
  private PatchPlan.Matched planOfText(String tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String tensor : tensors.split(", ", -1)) {
      List<String> words = List.of(tensor.split(" ", -1));
      List<Long> shape = words.stream().skip(1).map(Long::valueOf).toList();
      int elements = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
      writer.tensor(words.get(0), shape, new float[elements], DType.F16);
    }
    Path path = folder.resolve("text.safetensors");
    writer.write(path);
    ModuleIndex text = new ModuleIndex(Map.of(Network.TEXT_ENCODER, ModelNames.clip(8, 16, 1)));
    LoraUse use = new LoraUse("text", LoraFile.open(path), 1, 1);
    return PatchPlan.match(text, "tiny", ModelFamily.SD2, List.of(use));
  }

  private static final String FUSED = "lora_te_transformer_resblocks_0_attn_in_proj";
  private static final String QUERY = "lora_te_text_model_encoder_layers_0_self_attn_q_proj";

  @Test
  void match_moduleOfThreeLayers_isOneModuleOnEach() {
    PatchPlan.Matched matched =
        planOfText(
            FUSED
                + ".lora_up.weight 24 2, "
                + FUSED
                + ".lora_down.weight 2 8, "
                + FUSED
                + ".diff_b 24");
    assertThat(matched.matches()).containsExactly(new PatchPlan.Match(2, List.of()));
    Map<String, List<PatchPlan.Change>> changes =
        matched.plan().changes().getOrDefault(Network.TEXT_ENCODER, Map.of());
    for (String projection : List.of("q_proj", "k_proj", "v_proj")) {
      String layer = "text_model.encoder.layers.0.self_attn." + projection;
      assertThat(changes.get(layer + ".weight"))
          .singleElement()
          .satisfies(change -> assertThat(change.module().extent()).hasToString("a 8×8 matrix"));
      assertThat(changes.get(layer + ".bias")).hasSize(1);
    }
    assertThat(changes).hasSize(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        FUSED + ".oft_blocks 2 12 12 | (OFT) changes 'text_model.encoder.layers.0.self_attn.q_proj",
        FUSED + ".lora_up.weight 48 2, " + FUSED + ".lora_down.weight 2 8 | is 24×8",
        FUSED + ".lora_up.weight 8 2, " + FUSED + ".lora_down.weight 2 8 | changes a 8×8 matrix",
        FUSED
            + ".lora_up.weight 24 2, "
            + FUSED
            + ".lora_down.weight 2 8, "
            + QUERY
            + ".lora_up.weight 8 2, "
            + QUERY
            + ".lora_down.weight 2 8 | both change",
      })
  void match_moduleOfThreeLayersThatDoesNotFit_isRefused(String tensors, String reason) {
    assertThatThrownBy(() -> planOfText(tensors))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("text.safetensors")
        .hasMessageContaining(reason);
  }

  private List<String> plan(String tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String tensor : tensors.split(", ", -1)) {
      List<String> words = List.of(tensor.split(" ", -1));
      List<Long> shape = words.stream().skip(1).map(Long::valueOf).toList();
      int elements = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
      writer.tensor("lora_unet_" + words.get(0), shape, new float[elements], DType.F16);
    }
    Path path = folder.resolve("some.safetensors");
    writer.write(path);
    LoraUse use = new LoraUse("some", LoraFile.open(path), 1, 1);
    PatchPlan.Matched matched = PatchPlan.match(INDEX, "tiny", ModelFamily.SD1, List.of(use));
    assertThat(matched.matches()).hasSize(1);
    return matched.plan().changes().values().stream().flatMap(m -> m.keySet().stream()).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fc.lora_up.weight 48 4, fc.lora_down.weight 4 40 | fc.weight",
        "fc.diff 48 40, fc.diff_b 48 | fc.weight fc.bias",
        "fc.weight 40, fc.on_input | fc.weight",
        "fc.weight 48, fc.on_input | fc.weight",
        "conv.weight 1 20 1 1, conv.on_input | conv.weight",
        "conv.oft_blocks 6 4 4 | conv.weight",
        "norm.w_norm 48, norm.b_norm 48 | norm.weight norm.bias"
      })
  void of_moduleThatFits_changesItsLayer(String tensors, String weights) {
    assertThat(String.join(" ", plan(tensors))).isEqualTo(weights);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fc.lora_up.weight 48 4, fc.lora_down.weight 4 20 | changes a 48×20 matrix",
        "conv.lora_up.weight 24 4, conv.lora_down.weight 4 20 | changes a 24×20 matrix",
        "norm.lora_up.weight 48 4, norm.lora_down.weight 4 40 | changes a 48×40 matrix",
        "fc.oft_blocks 6 4 4 | changes 24 rows",
        "conv.weight 9, conv.on_input | changes 9 rows or columns",
        "fc.w_norm 48 | changes a 48×1 matrix",
        "bare.diff 48 40, bare.diff_b 48 | changes a bias, but 'bare.weight'"
      })
  void of_moduleThatDoesNotFit_isRefused(String tensors, String reason) {
    assertThatThrownBy(() -> plan(tensors))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("some.safetensors")
        .hasMessageContaining("checkpoint 'tiny'")
        .hasMessageContaining(reason);
  }
}
