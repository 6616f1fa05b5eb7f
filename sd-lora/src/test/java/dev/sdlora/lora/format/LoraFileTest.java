package dev.sdlora.lora.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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
    "lora_unet_a_transformer_blocks_3_attn2_to_k, 1280, SDXL_REFINER",
    "lora_unet_a_transformer_blocks_0_attn1_to_k, 768, UNKNOWN",
    "lora_te_text_model_encoder_layers_0_self_attn_q_proj, 768, UNKNOWN",
    "lora_te_text_model_encoder_layers_0_self_attn_q_proj, 1024, SD2",
    "text_encoder.text_model.encoder.layers.0.self_attn.to_q, 1024, SD2",
    "lora_te_transformer_resblocks_0_attn_in_proj, 1024, SD2",
    "text_encoder_2.text_model.encoder.layers.0.self_attn.q_proj, 7, SDXL",
    "clip_g.text_model.encoder.layers.0.mlp.fc1, 7, SDXL",
    "text_encoders.clip_g.transformer.text_model.encoder.layers.0.mlp.fc1, 7, SDXL",
    "conditioner.embedders.1.model.transformer.resblocks.0.mlp.c_fc, 7, SDXL",
    "unet.add_embedding.linear_1, 7, SDXL",
    "lora_unet_label_emb_0_0, 7, SDXL",
    "unet.up_blocks.0.attentions.1.proj_in, 7, SDXL",
    "diffusion_model.output_blocks.0.1.proj_in, 7, SDXL",
    "lora_unet_output_blocks_2_1_transformer_blocks_0_attn1_to_q, 7, SDXL",
    "diffusion_model.output_blocks.2.1.conv, 7, UNKNOWN",
    "unet.down_blocks.0.attentions.1.proj_in, 7, SD2",
    "diffusion_model.input_blocks.1.1.proj_out, 7, SD2",
    "unet.down_blocks.1.attentions.1.proj_in, 7, UNKNOWN"
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
    "modelspec.architecture, stable-diffusion-xl-v1-base/lora, SDXL",
    "modelspec.architecture, stable-diffusion-xl-v1-refiner/lora, SDXL_REFINER",
    "ss_base_model_version, sd_v2_v, SD2",
    "ss_base_model_version, sdxl_1.0, SDXL",
    "ss_base_model_version, sd_1.5, SD1",
    "ss_base_model_version, flux2_klein_4b, FLUX2",
    "modelspec.architecture, Flux.2-klein-4b/lora, FLUX2",
    "ss_base_model_version, zimage, Z_IMAGE",
    "modelspec.architecture, Z-Image/lora, Z_IMAGE",
    "ss_v2, True, SD2"
  })
  void open_metadata_tellsTheFamily(String key, String value, ModelFamily family) {
    Path path =
        write(
            Map.of(key, value),
            Map.of("x.lora_down.weight", List.of(1L, 2L), "x.lora_up.weight", List.of(2L, 1L)));
    assertThat(LoraFile.open(path).family()).isEqualTo(family);
  }

  /** Tools copy metadata from file to file; shapes cannot be copied. */
  @Test
  void open_metadataAndShapesThatDisagree_believesShapes() {
    Path path =
        write(
            Map.of("ss_base_model_version", "sd_v1"),
            Map.of(
                "unet.a.attn2.to_k.lora_A.weight", List.of(1L, 2048L),
                "unet.a.attn2.to_k.lora_B.weight", List.of(2L, 1L)));
    assertThat(LoraFile.open(path).family()).isEqualTo(ModelFamily.SDXL);
  }

  @Test
  void open_convolutionWhereLaterModelsHaveAMatrix_isForSd1() {
    Path path =
        write(
            Map.of(),
            Map.of(
                "unet.down_blocks.0.attentions.0.proj_in.lora_A.weight", List.of(1L, 2L, 1L, 1L),
                "unet.down_blocks.0.attentions.0.proj_in.lora_B.weight", List.of(2L, 1L, 1L, 1L)));
    assertThat(LoraFile.open(path).family()).isEqualTo(ModelFamily.SD1);
  }

  @ParameterizedTest
  @CsvSource({"ss_base_model_version, qwen_image, Qwen-Image", "ss_base_model_version, wan21, Wan"})
  void open_loraThatOnlyMetadataTellOf_isRefusedByTheModelsName(
      String key, String value, String model) {
    String module = "lora_te1_text_model_encoder_layers_0_mlp_fc1";
    Path path =
        write(
            Map.of(key, value),
            Map.of(
                module + ".lora_down.weight", List.of(1L, 2L),
                module + ".lora_up.weight", List.of(2L, 1L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is for " + model + " (" + key + " '" + value + "')");
  }

  @Test
  void open_textEncodersOfStableDiffusion3_areToldByMetadata() {
    String module = "lora_te2_text_model_encoder_layers_0_mlp_fc1";
    Path path =
        write(
            Map.of("modelspec.architecture", "stable-diffusion-3-medium/lora"),
            Map.of(
                module + ".lora_down.weight", List.of(1L, 1280L),
                module + ".lora_up.weight", List.of(5120L, 1L)));
    assertThat(LoraFile.open(path).family()).isEqualTo(ModelFamily.SD3);
  }

  @ParameterizedTest
  @CsvSource({
    "x.ia3_l, IA3 in PEFT",
    "x.oft_r, OFT in the layout of PEFT",
    "x.oft_R.weight, OFT in the layout of PEFT",
    "x.boft_R, BOFT in PEFT",
    "x.vera_lambda_b, VeRA",
    "x.lora_embedding_A, embedding layers",
    "x.modules_to_save.weight, saved in full",
    "x.bias_indices, sparse remainder",
    "x.set_weight, replaced",
    "x.reshape_weight, reshaped"
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
    "lora_unet_double_blocks_0_img_mlp_fc1, HunyuanVideo",
    "diffusion_model.double_blocks.0.img_attn_qkv, HunyuanVideo",
    "transformer.single_transformer_blocks.39.attn.to_q, HunyuanVideo",
    "lora_unet_nerf_final_layer_conv_linear, Chroma Radiance",
    "transformer.transformer_blocks.0.img_mlp.net.0.proj, Qwen-Image",
    "lora_unet_transformer_blocks_0_txt_mod_1, Qwen-Image",
    "transformer.transformer_blocks.59.attn.add_k_proj, Qwen-Image",
    "diffusion_model.blocks.0.self_attn.q, Wan",
    "lora_unet_blocks_0_cross_attn_k_img, Wan",
    "transformer.blocks.0.attn1.to_q, Wan",
    "lora_unet_blocks_0_self_attn_q_proj, Anima",
    "transformer.adaln_single.linear, PixArt",
    "transformer.transformer_blocks.0.norm1_context.linear, a transformer model",
    "transformer.transformer_blocks.0.attn1.to_q, a transformer model",
    "lora_transformer_x, a transformer model",
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

  /** Models with the same layer names differ in width. */
  @ParameterizedTest
  @CsvSource({
    "transformer.transformer_blocks.0.attn.add_k_proj, 6144, FLUX.2 [dev]",
    "diffusion_model.layers.0.attention.qkv, 2304, Lumina-Image 2",
    "transformer.transformer_blocks.0.attn1.to_q, 1152, PixArt",
    "diffusion_model.transformer_blocks.0.attn1.to_q, 2048, LTX-Video",
    "transformer.transformer_blocks.0.attn1.to_q, 2240, Sana",
    "transformer.blocks.0.attn1.to_q, 1408, Hunyuan-DiT",
    "transformer.blocks.0.attn1.to_q, 1536, Wan"
  })
  void open_loraOfAnotherModel_isToldByItsWidth(String key, long width, String model) {
    Path path =
        pair(key + ".lora_A.weight", List.of(1L, width), key + ".lora_B.weight", List.of(2L, 1L));
    assertThatThrownBy(() -> LoraFile.open(path)).hasMessageContaining("is for " + model);
  }

  /** FLUX.1's blocks have the same names, other proportions and other modules. */
  @ParameterizedTest
  @CsvSource({
    "diffusion_model.layers.0.attention.qkv, 3840, 11520, Z_IMAGE",
    "transformer.layers.0.feed_forward.w1, 3840, 10240, Z_IMAGE",
    "lora_unet__layers_0_attention_to_q, 3840, 3840, Z_IMAGE",
    "base_model.model.transformer.noise_refiner.0.attention.to_q, 3840, 3840, Z_IMAGE",
    "lora_unet_double_blocks_0_img_mlp_0, 3072, 18432, FLUX2",
    "base_model.model.double_blocks.0.txt_mlp.2, 9216, 3072, FLUX2",
    "diffusion_model.single_blocks.0.linear1, 3072, 27648, FLUX2",
    "diffusion_model.single_blocks.0.linear2, 12288, 3072, FLUX2",
    "diffusion_model.sformer_blocks.0.ff.linear_in, 3072, 18432, FLUX2",
    "lycoris_single_transformer_blocks_0_attn_to_out, 12288, 3072, FLUX2",
    "transformer.single_stream_modulation.linear, 3072, 9216, FLUX2",
    "lora_unet_double_blocks_18_img_attn_proj, 3072, 3072, FLUX1",
    "lora_unet_double_blocks_0_img_mod_lin, 3072, 18432, FLUX1",
    "lora_unet_single_blocks_3_linear1, 3072, 21504, FLUX1",
    "transformer.single_transformer_blocks.0.attn.to_q, 3072, 3072, FLUX1",
    "lora_transformer_single_transformer_blocks_0_attn_to_q, 3072, 3072, FLUX1",
    "double_blocks.0.processor.qkv_lora1, 3072, 9216, FLUX1",
    "lora_te2_encoder_block_0_layer_0_SelfAttention_q, 4096, 4096, FLUX1",
    "diffusion_model.double_blocks.5.img_attn.proj, 3072, 3072, FLUX1",
    "transformer.transformer_blocks.18.attn.add_k_proj, 3072, 3072, FLUX1",
    "lora_te3_encoder_block_0_layer_0_SelfAttention_q, 4096, 4096, UNKNOWN",
    "lora_unet_distilled_guidance_layer_layers_0_in_layer, 5120, 5120, CHROMA",
    "lora_unet_joint_blocks_0_x_block_attn_qkv, 1536, 4608, SD3",
    "transformer.transformer_blocks.0.attn.add_k_proj, 1536, 1536, SD3",
    "transformer.transformer_blocks.30.attn.to_q, 2432, 2432, SD3",
    "text_encoder_3.encoder.block.0.layer.0.SelfAttention.q, 4096, 4096, SD3",
    "lora_unet_double_blocks_0_img_attn_qkv, 3072, 9216, UNKNOWN",
    "lycoris_transformer_blocks_4_attn_to_q, 3072, 3072, UNKNOWN"
  })
  void open_loraOfATransformer_isToldByNamesAndProportions(
      String key, long in, long out, ModelFamily family) {
    Path path =
        pair(key + ".lora_A.weight", List.of(1L, in), key + ".lora_B.weight", List.of(out, 1L));
    assertThat(LoraFile.open(path).family()).isEqualTo(family);
  }

  /** Names and shapes that tell Stable Diffusion 3 from others with diffusers' names, at 32. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.attn.to_add_out 0.attn.add_k_proj 1.attn.add_k_proj | SD3",
        "0.ff.net.0.proj 0.ff_context.net.2 1.ff.net.0.proj 1.attn.to_q | SD3",
        "0.ff_context.net.0.proj 0.attn.to_q | SD3",
        "0.attn.to_q 0.attn2.to_q | SD3",
        "0.attn.to_add_out 0.attn.add_k_proj 1.attn.add_k_proj 1.attn.to_add_out | UNKNOWN"
      })
  void open_loraWithNamesOfDiffusers_isOfSd3AtAnyWidth(String layers, ModelFamily family) {
    assertThat(LoraFile.open(inBlocks(layers)).family()).isEqualTo(family);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.attn1.to_q 0.attn2.to_q 0.ff.net.0.proj | a transformer model such as PixArt",
        "0.attn1.to_q 0.attn1.add_k_proj 0.ff_context.net.0.proj 1.ff.net.0.proj | a transformer",
        "0.attn.to_q 0.img_mlp.net.0.proj 0.attn.to_add_out | Qwen-Image"
      })
  void open_loraOfSimilarNames_isNotOfSd3(String layers, String model) {
    Path path = inBlocks(layers);
    assertThatThrownBy(() -> LoraFile.open(path)).hasMessageContaining("is for " + model);
  }

  private Path inBlocks(String layers) {
    Map<String, List<Long>> tensors = new LinkedHashMap<>();
    for (String layer : layers.split(" ", -1)) {
      tensors.put("transformer.transformer_blocks." + layer + ".lora_A.weight", List.of(2L, 32L));
      tensors.put("transformer.transformer_blocks." + layer + ".lora_B.weight", List.of(32L, 2L));
    }
    return write(Map.of(), tensors);
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
    "bundle_emb.cat.clip_l, holds textual inversion embeddings but no LoRA"
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

  @ParameterizedTest
  @CsvSource({
    "double_blocks.0.img_attn.norm.key_norm.scale",
    "diffusion_model.single_blocks.3.norm.query_norm.weight",
    "transformer.transformer_blocks.0.attn.norm_added_q.weight",
    "transformer.single_transformer_blocks.0.attn.norm_k.weight"
  })
  void open_normBesideALora_replacesTheModels(String norm) {
    LoraFile file =
        LoraFile.open(
            write(
                Map.of(),
                Map.of(
                    norm,
                    List.of(16L),
                    "single_blocks.0.linear1.lora_A.weight",
                    List.of(2L, 4L),
                    "single_blocks.0.linear1.lora_B.weight",
                    List.of(28L, 2L),
                    "single_blocks.0.linear1.lora_B.bias",
                    List.of(28L))));
    assertThat(file.family()).isEqualTo(ModelFamily.FLUX1);
    assertThat(file.strays()).isEmpty();
    assertThat(file.modules()).extracting(LoraModule::kind).contains(Kind.REPLACED, Kind.LORA);
    assertThat(file.modules()).filteredOn(LoraModule::changesBias).hasSize(1);
  }

  @Test
  void open_normsWithoutALora_isAModel() {
    Path path =
        write(Map.of(), Map.of("double_blocks.0.img_attn.norm.key_norm.scale", List.of(16L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is not a LoRA");
  }

  @Test
  void open_biasOfAnotherLength_isDamaged() {
    Path path =
        write(
            Map.of(),
            Map.of(
                "x.lora_A.weight", List.of(2L, 4L),
                "x.lora_B.weight", List.of(6L, 2L),
                "x.lora_B.default.bias", List.of(5L)));
    assertThatThrownBy(() -> LoraFile.open(path))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("lora_bias [5]")
        .hasMessageContaining("one number for each row of the second factor");
  }
}
