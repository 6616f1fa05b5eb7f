package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.NumberedKey;
import dev.sdlora.lora.plan.ModuleIndex.Layer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matches keys with the modules of real models; names and shapes are from files of each family. */
class ModuleIndexTest {
  private static final ModuleIndex SD1 =
      new ModuleIndex(
          Map.of(
              Network.UNET, ModelNames.unet(ModelNames.SD1),
              Network.TEXT_ENCODER, ModelNames.clip(768, 3072, 12)));

  private static final ModuleIndex SDXL =
      new ModuleIndex(
          Map.of(
              Network.UNET, ModelNames.unet(ModelNames.TINY_SDXL),
              Network.TEXT_ENCODER, ModelNames.clip(32, 64, 5),
              Network.TEXT_ENCODER_2, ModelNames.clip(64, 128, 4)));

  private static final ModuleIndex SD2 =
      new ModuleIndex(
          Map.of(
              Network.UNET, ModelNames.unet(ModelNames.SD2),
              Network.TEXT_ENCODER, ModelNames.clip(1024, 4096, 23)));

  private static final String ATTENTION = "down_blocks.1.attentions.0.transformer_blocks.0.attn2";

  private static String weight(ModuleIndex index, String key) {
    return index.find(key).map(layer -> layer.network() + " " + layer.weight()).orElse("none");
  }

  /** Every CompVis name in a checkpoint must result from exactly one diffusers name. */
  @ParameterizedTest
  @CsvSource({"sd2", "sdxl"})
  void sgmNames_checkpoint_coverItsUNet(String family) {
    Map<String, List<Long>> file = ModelNames.resource(family + "-unet.txt.gz");
    Map<String, List<Long>> model =
        ModelNames.unet(family.equals("sd2") ? ModelNames.TINY_SD2 : ModelNames.TINY_SDXL);
    ModuleIndex index = new ModuleIndex(Map.of(Network.UNET, model));
    Map<String, List<Long>> found = new LinkedHashMap<>();
    file.forEach(
        (name, shape) -> {
          if (name.endsWith(".weight")) {
            String module = name.substring(0, name.length() - ".weight".length());
            Layer layer = index.find("diffusion_model." + module).orElseThrow();
            assertThat(layer.shape()).as(name).isEqualTo(shape);
            assertThat(index.find("lora_unet_" + module.replace('.', '_'))).hasValue(layer);
            assertThat(found.put(layer.weight(), shape)).as(name).isNull();
            layer.bias().ifPresent(bias -> found.put(bias, List.of(layer.out())));
          }
        });
    assertThat(found).isEqualTo(model).hasSameSizeAs(file);
  }

  @Test
  void find_everyKeyOfAnSdxlLora_givesALayerOfItsShape() {
    Map<String, List<Long>> keys = ModelNames.resource("sdxl-lora.txt.gz");
    Set<Layer> layers = new HashSet<>();
    keys.forEach(
        (key, size) -> {
          Layer layer = SDXL.find(key).orElseThrow();
          assertThat(List.of(layer.out(), layer.in())).as(key).isEqualTo(size);
          layers.add(layer);
        });
    assertThat(layers).hasSize(242 + 30 + 24);
    assertThat(layers.stream().filter(layer -> layer.network() == Network.TEXT_ENCODER_2))
        .hasSize(24);
  }

  /**
   * The attention layers of real models that kohya's trainer trains, counted by the trainer itself:
   * for SD 1.x, 2.x (192) and SDXL (722); each spelling finds one layer.
   */
  @ParameterizedTest
  @CsvSource({"SD1, 192", "SD2, 192", "SDXL, 722", "SSD_1B, 360"})
  void find_layersOfRealModels_areFoundInBothSpellings(String model, int count) {
    Map<String, List<Long>> unet = ModelNames.unet(model(model));
    ModuleIndex index = new ModuleIndex(Map.of(Network.UNET, unet));
    Map<String, String> sgm = new LinkedHashMap<>();
    unet.keySet().stream()
        .filter(name -> name.endsWith(".weight"))
        .map(name -> name.substring(0, name.length() - ".weight".length()))
        .forEach(module -> sgm.put(module, module));
    sgm.putAll(SgmNames.of(Set.copyOf(sgm.keySet())));
    Set<Layer> attention = new HashSet<>();
    sgm.forEach(
        (module, original) -> {
          Layer layer = index.find("lora_unet_" + module.replace('.', '_')).orElseThrow();
          assertThat(layer.weight()).isEqualTo(module + ".weight");
          for (String key :
              List.of(
                  "unet." + module,
                  "unet." + original,
                  "diffusion_model." + original,
                  "lora_unet_" + original.replace('.', '_'),
                  "lycoris_" + original.replace('.', '_'))) {
            assertThat(index.find(key)).as(key).hasValue(layer);
          }
          if (module.contains("attentions") && layer.shape().size() > 1) {
            attention.add(layer);
          }
        });
    assertThat(Set.copyOf(sgm.values())).as("names of their own").hasSameSizeAs(sgm.keySet());
    assertThat(attention).hasSize(count);
  }

  private static ModelNames.UNet model(String name) {
    return switch (name) {
      case "SD1" -> ModelNames.SD1;
      case "SD2" -> ModelNames.SD2;
      case "SDXL" -> ModelNames.SDXL;
      default -> ModelNames.SSD_1B;
    };
  }

  @Test
  void find_upsamplerAfterNoTransformer_isFoundAsOneTrainerCountsIt() {
    for (String key : List.of("unet.output_blocks.2.1.conv", "unet.output_blocks.2.2.conv")) {
      assertThat(weight(SD1, key)).isEqualTo("UNET up_blocks.0.upsamplers.0.conv.weight");
    }
  }

  /** Names of OpenCLIP's text encoders in files; {@code %s} is replaced by a layer. */
  @ParameterizedTest
  @CsvSource({
    "lora_te_transformer_resblocks_3_%s",
    "lora_te_resblocks_3_%s",
    "cond_stage_model.model.transformer.resblocks.3.%s",
    "conditioner.embedders.0.model.transformer.resblocks.3.%s",
    "text_encoders.clip_h.transformer.resblocks.3.%s",
    "text_encoder.transformer.resblocks.3.%s",
    "transformer.resblocks.3.%s"
  })
  void layers_namesOfOpenClip_areThoseOfSd2(String key) {
    Map<String, String> parts =
        Map.of(
            "ln_1", "layer_norm1",
            "ln_2", "layer_norm2",
            "mlp.c_fc", "mlp.fc1",
            "mlp.c_proj", "mlp.fc2",
            "attn.out_proj", "self_attn.out_proj",
            "attn.k_proj", "self_attn.k_proj");
    boolean flat = key.startsWith("lora_");
    parts.forEach(
        (openClip, part) ->
            assertThat(weight(SD2, key.formatted(flat ? openClip.replace('.', '_') : openClip)))
                .isEqualTo("TEXT_ENCODER text_model.encoder.layers.3." + part + ".weight"));
    for (String fused : List.of("attn.in_proj", "attn.in_proj_weight")) {
      String name = key.formatted(flat ? fused.replace('.', '_') : fused);
      assertThat(SD2.find(name)).isEmpty();
      assertThat(SD2.layers(name))
          .extracting(Layer::weight)
          .containsExactly(
              "text_model.encoder.layers.3.self_attn.q_proj.weight",
              "text_model.encoder.layers.3.self_attn.k_proj.weight",
              "text_model.encoder.layers.3.self_attn.v_proj.weight");
    }
  }

  /** The smaller encoder of SDXL is OpenAI's, which has other names. */
  @ParameterizedTest
  @CsvSource({
    "lora_te2_transformer_resblocks_1_attn_in_proj",
    "conditioner.embedders.1.model.transformer.resblocks.1.attn.in_proj",
    "clip_g.transformer.resblocks.1.attn.in_proj_weight",
    "text_encoders.clip_g.transformer.resblocks.1.attn.in_proj",
    "transformer.resblocks.1.attn.in_proj"
  })
  void layers_namesOfOpenClip_areThoseOfTheLargerEncoder(String key) {
    assertThat(SDXL.layers(key))
        .hasSize(3)
        .allMatch(layer -> layer.network() == Network.TEXT_ENCODER_2);
    assertThat(SDXL.layers("lora_te1_transformer_resblocks_1_attn_in_proj")).isEmpty();
  }

  @Test
  void find_projectionOfTheLargerEncoder_isFound() {
    Map<String, List<Long>> clip = new LinkedHashMap<>(ModelNames.clip(64, 128, 4));
    clip.put("text_projection.weight", List.of(64L, 64L));
    ModuleIndex index = new ModuleIndex(Map.of(Network.TEXT_ENCODER_2, clip));
    for (String key :
        List.of(
            "lora_te2_text_projection",
            "text_encoder_2.text_projection",
            "clip_g.text_projection",
            "clip_g.transformer.text_projection",
            "text_encoders.clip_g.transformer.text_projection",
            "conditioner.embedders.1.model.text_projection")) {
      assertThat(weight(index, key)).isEqualTo("TEXT_ENCODER_2 text_projection.weight");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_out_0",
    "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_out_0",
    "lycoris_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_out_0",
    "lycoris_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_out_0",
    "oft_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_out_0",
    "lora.lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_out_0",
    "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0",
    "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0",
    "base_model.model.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0",
    "base_model.model.unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0",
    "unet.base_model.model.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0",
    "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.processor.to_out",
    "down_blocks.1.attentions.0.transformer_blocks.0.attn2.processor.to_out",
    "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out",
    "diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_out.0",
    "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_out.0",
    "input_blocks.4.1.transformer_blocks.0.attn2.to_out.0"
  })
  void find_spellingsOfAUNetLayer_allGiveIt(String key) {
    assertThat(weight(SD1, key)).isEqualTo("UNET " + ATTENTION + ".to_out.0.weight");
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te_text_model_encoder_layers_3_self_attn_q_proj",
    "lora_te1_text_model_encoder_layers_3_self_attn_q_proj",
    "lycoris_te_text_model_encoder_layers_3_self_attn_q_proj",
    "text_encoder.text_model.encoder.layers.3.self_attn.q_proj",
    "text_encoder.text_model.encoder.layers.3.self_attn.to_q",
    "text_encoder.encoder.layers.3.self_attn.q_proj",
    "base_model.model.text_model.encoder.layers.3.self_attn.q_proj",
    "text_model.encoder.layers.3.self_attn.q_proj",
    "text_encoders.clip_l.transformer.text_model.encoder.layers.3.self_attn.q_proj",
    "clip_l.text_model.encoder.layers.3.self_attn.q_proj",
    "cond_stage_model.transformer.text_model.encoder.layers.3.self_attn.q_proj"
  })
  void find_spellingsOfATextLayer_allGiveIt(String key) {
    assertThat(weight(SD1, key))
        .isEqualTo("TEXT_ENCODER text_model.encoder.layers.3.self_attn.q_proj.weight");
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te2_text_model_encoder_layers_0_mlp_fc1",
    "text_encoder_2.text_model.encoder.layers.0.mlp.fc1",
    "text_encoders.clip_g.transformer.text_model.encoder.layers.0.mlp.fc1"
  })
  void find_secondTextEncoder_isApart(String key) {
    assertThat(weight(SDXL, key))
        .isEqualTo("TEXT_ENCODER_2 text_model.encoder.layers.0.mlp.fc1.weight");
    assertThat(SD1.find(key)).isEmpty();
  }

  @Test
  void find_normsAndBiases_areThere() {
    Layer norm = SD1.find("lora_unet_down_blocks_0_resnets_0_norm1").orElseThrow();
    assertThat(norm.shape()).containsExactly(320L);
    assertThat(norm.bias()).hasValue("down_blocks.0.resnets.0.norm1.bias");
    assertThat(SD1.find("unet." + ATTENTION + ".to_q").orElseThrow().bias()).isEmpty();
    assertThat(SD1.find("lora_te_text_model_final_layer_norm")).isPresent();
  }

  @Test
  void find_somethingElse_isEmpty() {
    for (String key :
        List.of(
            "",
            "lora_unet_",
            "lora_te2_text_model_encoder_layers_0_mlp_fc1",
            "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to",
            "base_model.model.base_model.model.base_model.model.conv_in",
            "unet.text_model.final_layer_norm",
            "unet:999 (linear layers of GEGLU)")) {
      assertThat(SD1.find(key)).as(key).isEmpty();
    }
  }

  /**
   * The shapes of a LoRA published by cloneofsimo; no other order of modules matches all of them.
   */
  @Test
  void find_numbersOfARealFile_giveLayersOfItsShapes() {
    Map<String, List<Long>> file = ModelNames.resource("numbered-lora.txt.gz");
    Set<Layer> layers = new HashSet<>();
    for (String name : List.of("unet", "text_encoder")) {
      List<String> classes =
          name.equals("unet")
              ? List.of("GEGLU", "CrossAttention", "Attention")
              : List.of("CLIPAttention");
      for (int i = 0; file.containsKey(name + ":" + i + ":up"); i++) {
        String key = new NumberedKey(name, i, classes, false, false).toString();
        Layer layer = SD1.find(key).orElseThrow();
        List<Long> up = Objects.requireNonNull(file.get(name + ":" + i + ":up"));
        List<Long> down = Objects.requireNonNull(file.get(name + ":" + i + ":down"));
        assertThat(List.of(layer.out(), layer.in()))
            .as(key)
            .isEqualTo(List.of(up.get(0), down.get(1)));
        layers.add(layer);
      }
    }
    assertThat(layers).hasSize(144 + 48);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet:0 (linear layers of Attention, CrossAttention, GEGLU)"
            + " | down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight",
        "unet:4 (linear layers of Attention, CrossAttention, GEGLU)"
            + " | down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
        "unet:4 (linear layers of Attention, CrossAttention, GEGLU; feed-forward last)"
            + " | down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_q.weight",
        "unet:8 (linear layers of Attention, CrossAttention, GEGLU; feed-forward last)"
            + " | down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
        "unet:54 (linear layers of Attention, CrossAttention, GEGLU)"
            + " | up_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight",
        "unet:143 (linear layers of Attention, CrossAttention, GEGLU)"
            + " | mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0.weight",
        "unet:20 (linear layers and convolutions of CrossAttention, GEGLU, ResnetBlock2D)"
            + " | down_blocks.0.resnets.0.conv2.weight",
        "text_encoder:0 (linear layers of CLIPAttention)"
            + " | text_model.encoder.layers.0.self_attn.k_proj.weight",
        "text_encoder:6 (linear layers of CLIPAttention)"
            + " | text_model.encoder.layers.1.self_attn.q_proj.weight",
        "text_encoder:3 (linear layers of CLIPMLP)"
            + " | text_model.encoder.layers.1.mlp.fc2.weight"
      })
  void find_number_countsInTheOrderOfDiffusers(String key, String weight) {
    assertThat(SD1.find(key).orElseThrow().weight()).isEqualTo(weight);
    assertThat(NumberedKey.parse(key).orElseThrow()).hasToString(key);
  }

  @Test
  void layers_ofAModule_fitItsExtent() {
    Layer layer = SD1.find("unet." + ATTENTION + ".to_k").orElseThrow();
    LoraModule module = TestModules.lora("x", 640, 768, 4);
    assertThat(module.extent().fits(layer.shape())).isTrue();
    assertThat(TestModules.lora("x", 640, 640, 4).extent().fits(layer.shape())).isFalse();
  }
}
