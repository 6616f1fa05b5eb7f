package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.factors.Factors;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRAs for transformers in the layouts of all trainers. */
class TransformerLoraTest {
  private static final int WIDTH = 48;

  @TempDir Path folder;

  static void requireSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (weight, numbers) -> {
          float[] others = Objects.requireNonNull(actual.get(weight));
          assertThat(others).as(weight).hasSameSizeAs(numbers);
          float largest = 0;
          for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
          }
          assertThat(largest).as(weight).isPositive();
          for (int i = 0; i < numbers.length; i++) {
            if (!(Math.abs(others[i] - numbers[i]) <= 2e-6 * largest)) {
              fail("%s[%d]: expected %s but was %s", weight, i, numbers[i], others[i]);
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, lora_aitoolkit, 22",
    "FLUX2, lora_base_model, 22",
    "FLUX2, lora_peft, 30",
    "FLUX2, lora_expanded, 30",
    "Z_IMAGE, lora_aitoolkit, 21",
    "Z_IMAGE, lora_base_model, 21",
    "Z_IMAGE, lora_default, 21",
    "Z_IMAGE, lora_fused, 15",
    "Z_IMAGE, lora_kohya2, 21",
    "Z_IMAGE, lora_musubi_comfy, 15",
    "Z_IMAGE, lora_peft, 21",
    "FLUX1, lora_aitoolkit, 40",
    "FLUX1, lora_peft, 40"
  })
  void match_oneLoraInAnotherLayout_changesEachWeightEqually(
      TinyTransformer model, String name, int modules) {
    LoraFile file = model.file(name);
    assertThat(file.family()).isEqualTo(model.family);
    assertThat(model.match(file).matches()).containsExactly(new Match(modules, List.of()));
    assertThat(TinyTransformer.tensors(file)).isEqualTo(file.file().tensors().size());
    Map<String, float[]> kohya = model.deltas(model.file("lora_kohya"));
    requireSame(model.deltas(file), kohya);
    requireSame(model.products(file), kohya);
  }

  @ParameterizedTest
  @CsvSource({"lora_kohya_te, 38", "lora_onetrainer_te, 38"})
  void match_lorasForTextEncoders_findsBothWhateverTheirNumbers(String name, int modules) {
    TinyTransformer model = TinyTransformer.FLUX1;
    LoraFile file = model.file(name);
    assertThat(model.match(file).matches()).containsExactly(new Match(modules, List.of()));
    assertThat(model.match(file).plan().changes().get(Network.TEXT_ENCODER)).hasSize(24);
    assertThat(model.match(file).plan().changes().get(Network.TEXT_ENCODER_2)).hasSize(14);
  }

  @Test
  void match_loraOfFlux1OnChroma_reportsModulationsThatChromaHasNot() {
    LoraFile file = TinyTransformer.FLUX1.file("lora_kohya");
    Map<String, List<Long>> chroma =
        new HashMap<>(TinyTransformer.FLUX1.shapes().get(Network.UNET));
    chroma.keySet().removeIf(name -> name.matches(".*\\.norm(?:1|1_context|)\\.linear\\..*"));
    Match match =
        PatchPlan.match(
                ModuleIndex.of(Map.of(Network.UNET, chroma), ModelFamily.CHROMA),
                "tiny",
                ModelFamily.CHROMA,
                List.of(new LoraUse("l", file, 1, 1)))
            .matches()
            .get(0);
    assertThat(match.matched()).isEqualTo(20);
    assertThat(match.unmatched())
        .containsExactlyInAnyOrder(
            "lora_unet_double_blocks_0_img_mod_lin",
            "lora_unet_double_blocks_0_txt_mod_lin",
            "lora_unet_double_blocks_1_img_mod_lin",
            "lora_unet_double_blocks_1_txt_mod_lin",
            "lora_unet_single_blocks_0_modulation_lin",
            "lora_unet_single_blocks_1_modulation_lin");
  }

  @Test
  void match_fileThatSaysEverythingTwice_appliesItOnce() {
    TinyTransformer model = TinyTransformer.Z_IMAGE;
    LoraFile file = model.file("lora_dot");
    Match match = model.match(file).matches().get(0);
    assertThat(match.matched()).isEqualTo(21);
    assertThat(match.unmatched()).isEmpty();
    assertThat(match.repeated())
        .containsExactlyInAnyOrder(
            "layers.0.attention.out",
            "layers.0.attention.qkv",
            "layers.1.attention.out",
            "layers.1.attention.qkv",
            "layers.2.attention.out",
            "layers.2.attention.qkv");
    requireSame(model.deltas(file), model.deltas(model.file("lora_kohya")));
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, lora_outer_bfl, lora_outer_peft, 9",
    "Z_IMAGE, lora_outer_single, lora_outer, 39"
  })
  void match_layersOutsideOfBlocks_areTheSameInBothWorlds(
      TinyTransformer model, String single, String diffusers, int modules) {
    LoraFile file = model.file(single);
    assertThat(model.match(file).matches()).containsExactly(new Match(modules, List.of()));
    requireSame(model.deltas(file), model.deltas(model.file(diffusers)));
    requireSame(model.products(file), model.deltas(model.file(diffusers)));
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, lora_kohya_sparse, 4, 12",
    "FLUX2, lokr_bfl, 22, 30",
    "FLUX2, lokr_simpletuner, 16, 16",
    "Z_IMAGE, lokr_lycoris, 21, 21",
    "Z_IMAGE, lokr_fused, 3, 9",
    "FLUX1, lokr_bfl, 26, 40",
    "FLUX1, lokr_simpletuner, 22, 22",
    "FLUX1, lora_xlabs, 12, 24",
    "FLUX1, lora_kohya_split, 26, 40"
  })
  void match_productsOnFusedMatrices_areMultipliedOutAndCut(
      TinyTransformer model, String name, int modules, int weights) {
    LoraFile file = model.file(name);
    assertThat(model.match(file).matches()).containsExactly(new Match(modules, List.of()));
    Map<String, float[]> deltas = model.deltas(file);
    assertThat(deltas).hasSize(weights);
    requireSame(deltas, plain(model, file));
    if (file.modules().stream().allMatch(Factors::hasLowRankForm)) {
      requireSame(model.products(file), deltas);
    }
  }

  /** The changes as a plain computation gives them: fused matrices multiplied out, then cut. */
  private static Map<String, float[]> plain(TinyTransformer model, LoraFile file) {
    ModuleIndex index = model.index();
    Map<String, float[]> deltas = new TreeMap<>();
    try (TensorFile.Reader reader = file.file().reader()) {
      for (LoraModule module : file.modules()) {
        float[] whole =
            module.find(Part.LORA_UP).isPresent() ? lora(reader, module) : lokr(reader, module);
        int at = 0;
        for (ModuleIndex.Layer layer : index.layers(module.key())) {
          int size = Math.toIntExact(layer.out() * layer.in());
          deltas.put(layer.weight(), Arrays.copyOfRange(whole, at, at + size));
          at += size;
        }
        assertThat(at).isEqualTo(whole.length);
      }
    }
    return deltas;
  }

  private static float[] lora(TensorFile.Reader reader, LoraModule module) {
    float scale =
        module.find(Part.ALPHA).map(alpha -> reader.floats(alpha)[0] / module.rank()).orElse(1f);
    return product(reader, module, Part.LORA_UP, Part.LORA_DOWN, scale);
  }

  private static float[] product(
      TensorFile.Reader reader, LoraModule module, Part left, Part right, float scale) {
    float[] a = reader.floats(module.part(left));
    float[] b = reader.floats(module.part(right));
    int inner = Math.toIntExact(module.part(right).shape().get(0));
    int rows = a.length / inner;
    int columns = b.length / inner;
    float[] result = new float[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int k = 0; k < inner; k++) {
          sum += (double) a[i * inner + k] * b[k * columns + j];
        }
        result[i * columns + j] = (float) (sum * scale);
      }
    }
    return result;
  }

  private static float[] lokr(TensorFile.Reader reader, LoraModule module) {
    float[] first = reader.floats(module.part(Part.LOKR_W1));
    boolean factored = module.find(Part.LOKR_W2_A).isPresent();
    float[] second =
        factored
            ? product(
                reader,
                module,
                Part.LOKR_W2_A,
                Part.LOKR_W2_B,
                reader.floats(module.part(Part.ALPHA))[0] / module.rank())
            : reader.floats(module.part(Part.LOKR_W2));
    int a = Math.toIntExact(module.part(Part.LOKR_W1).shape().get(0));
    int c = first.length / a;
    int b = Math.toIntExact(module.part(factored ? Part.LOKR_W2_A : Part.LOKR_W2).shape().get(0));
    int d = second.length / b;
    float[] result = new float[first.length * second.length];
    for (int i = 0; i < a * b; i++) {
      for (int j = 0; j < c * d; j++) {
        result[i * c * d + j] = first[i / b * c + j / d] * second[i % b * d + j % d];
      }
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, Z_IMAGE, 'is for FLUX.2 klein, but checkpoint ''tiny'' is Z-Image; use a LoRA that was"
        + " trained for Z-Image'",
    "Z_IMAGE, FLUX2, 'is for Z-Image, but checkpoint ''tiny'' is FLUX.2 klein; use a LoRA that was"
        + " trained for FLUX.2 klein'"
  })
  void match_loraOfTheOtherTransformer_isRefusedWithBothNames(
      TinyTransformer own, TinyTransformer other, String message) {
    LoraFile file = own.file("lora_kohya");
    assertThatThrownBy(() -> other.match(file))
        .isInstanceOfSatisfying(
            LoraException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_FAMILY))
        .hasMessageContaining(message);
    ModuleIndex sd = new ModuleIndex(Map.of(Network.UNET, ModelNames.unet(ModelNames.TINY_SD1)));
    List<LoraUse> uses = List.of(new LoraUse("x", file, 1, 1));
    assertThatThrownBy(() -> PatchPlan.of(sd, "tiny", ModelFamily.SD1, uses))
        .hasMessageContaining("is for " + own.family.label() + ", but checkpoint 'tiny' is SD 1.x");
  }

  private LoraFile file(String key, long out, long in) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(key + ".lora_down.weight", List.of(1L, in), new float[(int) in], DType.F16);
    writer.tensor(key + ".lora_up.weight", List.of(out, 1L), new float[(int) out], DType.F16);
    Path path = folder.resolve("one.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k, 320, 768, is for"
        + " SD 1.x",
    "Z_IMAGE, unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k, 640, 2048, is for"
        + " SDXL",
    "FLUX2, lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_ff_net_2, 320, 1280, none of"
        + " its 1 modules matches",
    "FLUX2, diffusion_model.double_blocks.0.img_attn.qkv, 9216, 3072, changes a 9216×3072 matrix"
  })
  void match_loraOfAnotherModel_isRefused(
      TinyTransformer model, String key, long out, long in, String message) {
    LoraFile file = file(key, out, in);
    assertThatThrownBy(() -> model.match(file))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, transformer.transformer_blocks.1.attn.to_out.0, transformer_blocks.1.attn.to_out.0",
    "FLUX2, transformer.transformer_blocks.1.attn.processor.to_q, transformer_blocks.1.attn.to_q",
    "FLUX2, lora_transformer_single_transformer_blocks_2_attn_to_out,"
        + " single_transformer_blocks.2.attn.to_out",
    "FLUX2, base_model.model.diffusion_model.single_blocks.2.linear1,"
        + " single_transformer_blocks.2.attn.to_qkv_mlp_proj",
    "FLUX2, model.diffusion_model.double_blocks.0.txt_attn.proj,"
        + " transformer_blocks.0.attn.to_add_out",
    "FLUX2, lora_unet_double_blocks_1_img_attn_norm_query_norm, transformer_blocks.1.attn.norm_q",
    "FLUX2, double_blocks.0.img_mlp.2, transformer_blocks.0.ff.linear_out",
    "FLUX2, lora_te_layers_3_self_attn_q_proj, model.layers.3.self_attn.q_proj",
    "FLUX2, text_encoders.qwen3_4b.transformer.model.layers.3.mlp.down_proj,"
        + " model.layers.3.mlp.down_proj",
    "Z_IMAGE, transformer.diffusion_model.layers.2.attention.to_out.0, layers.2.attention.to_out.0",
    "Z_IMAGE, layers.2.attention.to.out.0, layers.2.attention.to_out.0",
    "Z_IMAGE, lycoris_noise_refiner_1_attention_out, noise_refiner.1.attention.to_out.0",
    "Z_IMAGE, lora_unet_all_x_embedder_2-1, all_x_embedder.2-1",
    "Z_IMAGE, diffusion_model.layers.0.attention.q_norm, layers.0.attention.norm_q",
    "Z_IMAGE, base_model.model.text_encoder.model.layers.7.self_attn.k_proj,"
        + " model.layers.7.self_attn.k_proj"
  })
  void find_nameOfATrainer_isTheLayer(TinyTransformer model, String key, String layer) {
    assertThat(model.index().find(key).map(ModuleIndex.Layer::weight))
        .isEqualTo(Optional.of(layer + ".weight"));
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, diffusion_model.double_blocks.9.img_attn.qkv",
    "FLUX2, layers.0.attention.qkv",
    "FLUX2, lora_unet_",
    "Z_IMAGE, transformer_blocks.0.attn.to_q",
    "Z_IMAGE, text_encoder.layers.0.attention.to_q",
    "Z_IMAGE, lora.lora.lora.lora.lora.layers.0.attention.to_q"
  })
  void layers_otherName_areNone(TinyTransformer model, String key) {
    assertThat(model.index().layers(key)).isEmpty();
  }

  /** Dots and underscores count as the same, so no two layers may differ only in those. */
  @ParameterizedTest
  @CsvSource({"FLUX2", "Z_IMAGE"})
  void layers_ownNames_areTheirOwn(TinyTransformer model) {
    ModuleIndex index = model.index();
    Map<String, String> flat = new HashMap<>();
    model
        .shapes()
        .forEach(
            (network, weights) ->
                weights.keySet().stream()
                    .filter(weight -> weight.endsWith(".weight"))
                    .forEach(
                        weight -> {
                          String module = weight.substring(0, weight.length() - 7);
                          assertThat(flat.put(module.replace('.', '_'), module)).isNull();
                          assertThat(index.find(module).map(ModuleIndex.Layer::weight))
                              .isEqualTo(Optional.of(weight));
                        }));
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, DOUBLE, D00 D01",
    "FLUX2, SINGLE, S00 S01 S02",
    "FLUX2, D01, D01",
    "FLUX2, '0,0,1,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0', D01 S00",
    "Z_IMAGE, LAYERS, L00 L01 L02",
    "Z_IMAGE, L02, L02",
    "Z_IMAGE, '0,1,1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0', L00"
  })
  void match_blockWeights_leaveTheBlocksThatTheyName(
      TinyTransformer model, String blocks, String expected) {
    LoraStrength strength = LoraStrength.of(1, 1).withBlocks(BlockWeights.parse(blocks));
    ModuleIndex index = model.index();
    PatchPlan plan =
        PatchPlan.of(
            index,
            "tiny",
            model.family,
            List.of(new LoraUse("x", model.file("lora_kohya"), strength)));
    assertThat(
            Objects.requireNonNull(plan.changes().get(Network.UNET)).keySet().stream()
                .map(weight -> weight.substring(0, weight.length() - 7))
                .map(module -> index.block(index.find(module).orElseThrow()))
                .distinct()
                .sorted()
                .collect(Collectors.joining(" ")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, INALL, 'has block weights ''INALL'', which are for SD 1.x and 2.x, SDXL, but checkpoint"
        + " ''tiny'' is FLUX.2 klein; expected 26 or 33'",
    "Z_IMAGE, DOUBLE, 'which are for FLUX.2 klein, FLUX.1, Chroma, SD 3.x, but checkpoint ''tiny''"
        + " is Z-Image; expected 35'"
  })
  void match_blockWeightsOfAnotherFamily_areRefused(
      TinyTransformer model, String blocks, String message) {
    LoraStrength strength = LoraStrength.of(1, 1).withBlocks(BlockWeights.parse(blocks));
    List<LoraUse> uses = List.of(new LoraUse("x", model.file("lora_kohya"), strength));
    ModuleIndex index = model.index();
    assertThatThrownBy(() -> PatchPlan.of(index, "tiny", model.family, uses))
        .hasMessageContaining(message);
  }

  @Test
  void match_outputOfTheFinalModulation_hasItsHalvesSwapped() {
    TinyTransformer model = TinyTransformer.FLUX2;
    LoraFile file = model.file("lora_outer_bfl");
    float[] swapped = Objects.requireNonNull(model.deltas(file).get("norm_out.linear.weight"));
    LoraModule module =
        file.modules().stream()
            .filter(each -> each.key().endsWith("final_layer.adaLN_modulation.1"))
            .findFirst()
            .orElseThrow();
    try (TensorFile.Reader reader = file.file().reader()) {
      float[] whole = product(reader, module, Part.LORA_UP, Part.LORA_DOWN, 1);
      int half = WIDTH * WIDTH;
      assertThat(Arrays.copyOfRange(swapped, 0, half))
          .isEqualTo(Arrays.copyOfRange(whole, half, 2 * half));
      assertThat(Arrays.copyOfRange(swapped, half, 2 * half))
          .isEqualTo(Arrays.copyOfRange(whole, 0, half));
    }
  }
}
