package dev.sdlora.lora.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraException;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraFileTest {
  @TempDir Path folder;

  private Path write(Map<String, String> metadata, Map<String, List<Long>> tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach(
        (name, shape) -> {
          long elements = shape.stream().reduce(1L, Math::multiplyExact);
          writer.tensor(name, shape, new float[(int) elements], DType.F16);
        });
    Path path = folder.resolve("some.safetensors");
    writer.write(path);
    return path;
  }

  private Path pair(String down, List<Long> downShape, String up, List<Long> upShape) {
    return write(Map.of(), Map.of(down, downShape, up, upShape));
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_a.lora_down.weight, lora_unet_a.lora_up.weight, lora_unet_a",
    "unet.a.lora_A.weight, unet.a.lora_B.weight, unet.a",
    "base_model.model.a.lora_A.default.weight, base_model.model.a.lora_B.default.weight,"
        + " base_model.model.a",
    "unet.a.to_q.lora.down.weight, unet.a.to_q.lora.up.weight, unet.a.to_q",
    "unet.a.processor.to_q_lora.down.weight, unet.a.processor.to_q_lora.up.weight,"
        + " unet.a.processor.to_q"
  })
  void open_everyKeyStyle_findsTheModule(String down, String up, String key) {
    LoraFile file = LoraFile.open(pair(down, List.of(2L, 3L), up, List.of(5L, 2L)));

    assertThat(file.modules()).singleElement().extracting(LoraModule::key).isEqualTo(key);
    assertThat(file.rank()).isEqualTo(2);
    assertThat(file.strays()).isEmpty();
  }

  @Test
  void open_tensorsOfNoModule_areStrays() {
    Path path =
        write(
            Map.of(),
            Map.of(
                "x.lora_down.weight", List.of(1L, 2L),
                "x.lora_up.weight", List.of(2L, 1L),
                "y.alpha", List.of(),
                "bundle_emb.z", List.of(3L)));
    assertThat(LoraFile.open(path).strays()).containsExactlyInAnyOrder("y.alpha", "bundle_emb.z");
  }

  @ParameterizedTest
  @CsvSource({
    "lora_te2_x, 7, SDXL",
    "lora_unet_a_transformer_blocks_1_attn2_to_k, 7, SDXL",
    "lora_unet_a_transformer_blocks_0_attn2_to_k, 768, SD1",
    "lora_unet_a_transformer_blocks_0_attn2_to_k, 1024, SD2",
    "lora_unet_a_transformer_blocks_0_attn2_to_k, 2048, SDXL",
    "lora_unet_a_transformer_blocks_0_attn1_to_k, 768, UNKNOWN"
  })
  void open_namesAndShapes_tellTheFamily(String key, long in, ModelFamily family) {
    Path path =
        pair(key + ".lora_down.weight", List.of(1L, in), key + ".lora_up.weight", List.of(2L, 1L));
    assertThat(LoraFile.open(path).family()).isEqualTo(family);
  }

  @ParameterizedTest
  @CsvSource({
    "ss_base_model_version, sdxl_base_v1-0, SDXL",
    "ss_base_model_version, sd_v1, SD1",
    "modelspec.architecture, stable-diffusion-v2-768-v/lora, SD2",
    "modelspec.architecture, stable-diffusion-v1/lora, SD1",
    "ss_v2, True, SD2"
  })
  void open_metadata_tellsTheFamily(String key, String value, ModelFamily family) {
    Path path =
        write(
            Map.of(key, value),
            Map.of("x.lora_down.weight", List.of(1L, 2L), "x.lora_up.weight", List.of(2L, 1L)));
    assertThat(LoraFile.open(path).family()).isEqualTo(family);
  }

  @ParameterizedTest
  @CsvSource({
    "x.ia3_l, IA3 as PEFT",
    "x.oft_r, OFT as PEFT",
    "x.oft_R.weight, OFT as PEFT",
    "x.boft_R, BOFT as PEFT",
    "x.vera_lambda_b, VeRA",
    "x.lora_embedding_A, an embedding",
    "x.modules_to_save.weight, as a whole",
    "x.bias_indices, sparse remainder",
    "x.set_weight, replaced",
    "x.reshape_weight, reshaped",
    "x.lora_B.bias, lora_bias"
  })
  void open_otherMethod_isRefusedByName(String tensor, String method) {
    Path path =
        write(
            Map.of(),
            Map.of(
                tensor,
                List.of(2L, 2L),
                "y.lora_A.weight",
                List.of(2L, 2L),
                "y.lora_B.weight",
                List.of(2L, 2L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(method)
        .hasMessageContaining("'" + tensor + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "lora_unet_double_blocks_0_img_attn_proj, FLUX",
    "lora_unet_single_blocks_3_linear1, FLUX",
    "transformer.single_transformer_blocks.0.attn.to_q, FLUX",
    "diffusion_model.double_blocks.0.img_attn.proj, FLUX",
    "lora_unet_joint_blocks_0_x_block_attn_qkv, Stable Diffusion 3",
    "transformer.transformer_blocks.0.attn.add_k_proj, Stable Diffusion 3",
    "lora_te3_encoder_block_0_layer_0_SelfAttention_q, Stable Diffusion 3",
    "lora_transformer_transformer_blocks_0_attn_to_q, a transformer model",
    "diffusion_model.blocks.0.self_attn.q, a transformer model",
    "lora_prior_unet_down_blocks_0_0_attention_attn_to_q, Stable Cascade",
    "down_blocks.0.motion_modules.0.temporal_transformer.to_q, AnimateDiff"
  })
  void open_loraOfAnotherModel_isRefusedByTheModelsName(String key, String model) {
    Path path =
        pair(key + ".lora_A.weight", List.of(2L, 2L), key + ".lora_B.weight", List.of(2L, 2L));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is for " + model)
        .hasMessageContaining("'" + key + "'")
        .hasMessageContaining("SD 1.x");
  }

  @ParameterizedTest
  @CsvSource({
    "emb_params, textual inversion embedding",
    "string_to_param.*, textual inversion embedding",
    "clip_l, textual inversion embedding",
    "768.0.linear.0.weight, hypernetwork",
    "control_model.input_blocks.0.0.weight, ControlNet",
    "controlnet_cond_embedding.conv_in.weight, ControlNet",
    "lora_controlnet, ControlNet in the form of a LoRA",
    "lllite_unet_x.down.0.weight, ControlNet in the form of a LoRA",
    "ip_adapter.1.to_k_ip.weight, IP-Adapter",
    "down_blocks.0.resnets.0.conv1.weight, U-Net of a diffusers folder",
    "text_model.embeddings.token_embedding.weight, text encoder",
    "encoder.conv_in.weight, VAE",
    "bundle_emb.cat.clip_l, holds textual inversion embeddings and no LoRA"
  })
  void open_noLora_saysWhatItIs(String tensor, String what) {
    Path path = write(Map.of(), Map.of(tensor, List.of(2L, 2L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(what);
  }

  @Test
  void open_bundledEmbeddings_areListedApart() {
    Path path =
        write(
            Map.of("<s1>", "<embed>"),
            Map.of(
                "x.lora_down.weight", List.of(1L, 2L),
                "x.lora_up.weight", List.of(2L, 1L),
                "bundle_emb.cat.clip_l", List.of(2L, 3L),
                "bundle_emb.cat.clip_g", List.of(2L, 4L),
                "bundle_emb.dog.string_to_param.*", List.of(1L, 3L),
                "<s1>", List.of(3L)));
    LoraFile file = LoraFile.open(path);
    assertThat(file.embeddings())
        .extracting(BundledEmbedding::name)
        .containsExactlyInAnyOrder("cat", "dog", "<s1>");
    assertThat(file.embeddings())
        .filteredOn(embedding -> embedding.name().equals("cat"))
        .singleElement()
        .satisfies(
            embedding -> assertThat(embedding.tensors()).containsOnlyKeys("clip_l", "clip_g"));
    assertThat(file.strays()).isEmpty();
    assertThat(file.modules()).hasSize(1);
  }

  @Test
  void open_halfAPair_namesTheMissingTensor() {
    Path down = write(Map.of(), Map.of("x.lora_down.weight", List.of(2L, 2L)));
    assertThatThrownBy(() -> LoraFile.open(down)).hasMessageContaining("'x.lora_up.weight'");
    Path up = write(Map.of(), Map.of("x.lora_B.weight", List.of(2L, 2L)));
    assertThatThrownBy(() -> LoraFile.open(up)).hasMessageContaining("'x.lora_B.weight'");
  }

  @Test
  void open_factorsOfDifferentRank_showsBothShapes() {
    Path path = pair("x.lora_down.weight", List.of(2L, 3L), "x.lora_up.weight", List.of(5L, 4L));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("[2, 3]")
        .hasMessageContaining("[5, 4]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.diffusion_model.out.0.weight", "first_stage_model.quant_conv.bias"})
  void open_checkpoint_saysSo(String tensor) {
    Path path = write(Map.of(), Map.of(tensor, List.of(2L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is a checkpoint, not a LoRA");
  }

  @Test
  void open_alphaOfNoNumber_isRefused() {
    Path path =
        write(
            Map.of(),
            Map.of(
                "x.lora_down.weight", List.of(1L, 2L),
                "x.lora_up.weight", List.of(2L, 1L),
                "x.alpha", List.of(0L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'x.alpha' has shape [0]");
  }

  @Test
  void open_somethingElse_showsATensor() {
    Path path = write(Map.of(), Map.of("weights.of.a.dog", List.of(2L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .hasMessageContaining("is not a LoRA")
        .hasMessageContaining("'weights.of.a.dog'");
    assertThatThrownBy(() -> LoraFile.open(folder.resolve("nothing.safetensors")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("does not exist");
  }
}
