package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.model.FlowCheckpoint;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.FlowModels;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Transformers;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.tensors.file.TensorFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The writers of model files and the benchmark that runs on them. */
final class FullModelTest {
  private static final ModelConfig TINY_XL =
      new ModelConfig(
          ModelFamily.SDXL,
          List.of(
              new ClipConfig(
                  32, 2, 4, 64, 100, 77, ClipConfig.Kind.OPENAI, ClipConfig.Reading.PENULTIMATE, 0),
              new ClipConfig(
                  64,
                  2,
                  8,
                  128,
                  100,
                  77,
                  ClipConfig.Kind.OPEN_CLIP,
                  ClipConfig.Reading.PENULTIMATE,
                  64)),
          new UNetConfig(
              4,
              4,
              List.of(64, 128),
              1,
              Transformers.ofLevels(1, List.of(0, 2), 2),
              List.of(8, 16),
              96,
              true,
              64 + 6 * 256,
              0),
          new VaeConfig(List.of(32, 32, 64, 64), 1, 4, 0.13025));

  @TempDir private Path folder = Path.of("");

  private Path checkpoint(String name, int seed) {
    Path path = folder.resolve(name);
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, seed, path, done -> {});
    return path;
  }

  @Test
  void checkpoint_tiny_opensWithItsConfiguration() {
    UNetFiles files = CheckpointReader.read(checkpoint("tiny.safetensors", 1));
    assertThat(ModelConfig.of(files)).isEqualTo(ModelConfig.TINY);
    assertThat(files.checkpoint().storage()).isEqualTo("float16");
  }

  @Test
  void checkpoint_seed_decidesTheBytes() {
    Path once = checkpoint("once.safetensors", 1);
    assertThat(checkpoint("again.safetensors", 1)).hasSameBinaryContentAs(once);
    assertThat(checkpoint("other.safetensors", 2).toFile()).hasSize(once.toFile().length());
    assertThat(weight("other.safetensors")).isNotEqualTo(weight("once.safetensors"));
  }

  @Test
  void checkpoint_weights_haveTheDeviationOfTheirInputs() {
    checkpoint("tiny.safetensors", 1);
    double squares = 0;
    float[] values = weight("tiny.safetensors");
    for (float value : values) {
      squares += value * value;
    }
    // 36,864 numbers of deviation 1 / √576: the estimate is within 0.4 % two times out of three.
    assertThat(Math.sqrt(squares / values.length)).isBetween(0.98 / 24, 1.02 / 24);
  }

  /** A convolution of the U-Net with 64 · 64 · 9 weights. */
  private float[] weight(String file) {
    TensorFile opened = TensorFile.open(folder.resolve(file));
    try (TensorFile.Reader reader = opened.reader()) {
      String name = "model.diffusion_model.middle_block.0.in_layers.2.weight";
      return reader.floats(opened.find(name).orElseThrow());
    }
  }

  @Test
  void checkpoint_sd15_hasTheTensorsOfThePublishedFile() {
    assertThat(WriteFullSizeCheckpoint.shapes(ModelConfig.SD15))
        .hasSize(196 + 686 + 248)
        .containsEntry(
            "model.diffusion_model.output_blocks.8.2.conv.weight", List.of(640L, 640L, 3L, 3L))
        .containsEntry(
            "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.ff.net.0.proj.weight",
            List.of(2560L, 320L))
        .containsEntry(
            "first_stage_model.encoder.mid.attn_1.proj_out.weight", List.of(512L, 512L, 1L, 1L))
        .containsEntry(
            "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
            List.of(49408L, 768L));
  }

  @Test
  void checkpoint_sdxl_hasTheTensorsOfThePublishedFile() {
    assertThat(WriteFullSizeCheckpoint.shapes(ModelConfig.SDXL))
        .hasSize(2513)
        .containsEntry("model.diffusion_model.label_emb.0.0.weight", List.of(1280L, 2816L))
        .containsEntry(
            "model.diffusion_model.middle_block.1.transformer_blocks.9.attn2.to_k.weight",
            List.of(1280L, 2048L))
        .containsEntry(
            "conditioner.embedders.1.model.transformer.resblocks.31.attn.in_proj_weight",
            List.of(3840L, 1280L))
        .containsEntry("conditioner.embedders.1.model.text_projection", List.of(1280L, 1280L));
  }

  @Test
  void checkpoint_tinySdxl_opensWithItsConfiguration() {
    Path path = folder.resolve("xl.safetensors");
    WriteFullSizeCheckpoint.write(TINY_XL, 1, path, done -> {});
    assertThat(ModelConfig.of(CheckpointReader.read(path))).isEqualTo(TINY_XL);
  }

  static List<FlowConfig> tinyFlows() {
    return List.of(
        FlowModels.TINY_FLUX2,
        FlowModels.TINY_Z_IMAGE,
        FlowModels.TINY_FLUX1,
        FlowModels.TINY_CHROMA,
        FlowModels.TINY_SD3);
  }

  @ParameterizedTest
  @MethodSource("tinyFlows")
  void flow_tiny_opensWithItsConfiguration(FlowConfig config) {
    Path transformer = FlowCheckpoint.write(config, 1, folder, file -> {});
    ModelFiles files = CheckpointReader.open(transformer, CheckpointParts.DEFAULT);
    assertThat(FlowConfig.of((TransformerModel) files)).isEqualTo(config);
    assertThat(files.checkpoint().storage())
        .isEqualTo(config.equals(FlowModels.TINY_SD3) ? "float16" : "bfloat16");
  }

  @Test
  void flow_textEncoders_areSharedByFamilies() {
    List<String> written = new ArrayList<>();
    tinyFlows()
        .forEach(
            config ->
                FlowCheckpoint.write(
                    config, 1, folder, file -> written.add(folder.relativize(file).toString())));
    assertThat(written)
        .containsExactly(
            "text_encoders/qwen_3_4b.safetensors",
            "vae/flux2-vae.safetensors",
            "diffusion_models/flux-2-klein-4b.safetensors",
            "vae/ae.safetensors",
            "diffusion_models/z_image_turbo_bf16.safetensors",
            "text_encoders/clip_l.safetensors",
            "text_encoders/t5xxl_fp16.safetensors",
            "vae/ae.safetensors",
            "diffusion_models/flux1-dev.safetensors",
            "vae/ae.safetensors",
            "diffusion_models/Chroma1-HD.safetensors",
            "text_encoders/clip_g.safetensors",
            "vae/sd3_vae.safetensors",
            "diffusion_models/sd3.5_medium.safetensors");
  }

  @Test
  void flow_klein_hasTheTensorsOfThePublishedFile() {
    Map<String, List<Long>> shapes = FlowCheckpoint.transformer(FlowModels.KLEIN);
    assertThat(shapes)
        .hasSize(5 * 12 + 20 * 4 + 9)
        .containsEntry("double_blocks.4.txt_attn.qkv.weight", List.of(9216L, 3072L))
        .containsEntry("double_blocks.0.img_attn.norm.query_norm.scale", List.of(128L))
        .containsEntry("single_blocks.19.linear1.weight", List.of(27_648L, 3072L))
        .containsEntry("final_layer.adaLN_modulation.1.weight", List.of(6144L, 3072L));
    assertThat(parameters(shapes)).isCloseTo(3.876e9, withPercentage(0.1));
    assertThat(parameters(textEncoder(FlowModels.KLEIN, "qwen_3_4b.safetensors")))
        .isCloseTo(4.022e9, withPercentage(0.1));
    assertThat(FlowCheckpoint.vae(FlowModels.KLEIN))
        .containsEntry("bn.running_var", List.of(128L))
        .containsEntry("encoder.quant_conv.weight", List.of(64L, 64L, 1L, 1L))
        .containsEntry("decoder.mid.attn_1.q.weight", List.of(512L, 512L, 1L, 1L));
  }

  @Test
  void flow_zImage_hasTheTensorsOfThePublishedFile() {
    Map<String, List<Long>> shapes = FlowCheckpoint.transformer(FlowModels.Z_IMAGE);
    assertThat(shapes)
        .containsEntry("layers.29.attention.qkv.weight", List.of(11_520L, 3840L))
        .containsEntry("noise_refiner.1.adaLN_modulation.0.bias", List.of(15_360L))
        .containsEntry("cap_pad_token", List.of(1L, 3840L))
        .doesNotContainKey("context_refiner.0.adaLN_modulation.0.weight");
    assertThat(parameters(shapes)).isCloseTo(6.155e9, withPercentage(0.1));
    assertThat(FlowCheckpoint.vae(FlowModels.Z_IMAGE))
        .doesNotContainKeys("bn.running_var", "encoder.quant_conv.weight");
  }

  @Test
  void flow_flux1_hasTheTensorsOfThePublishedFile() {
    Map<String, List<Long>> shapes = FlowCheckpoint.transformer(FlowModels.FLUX1);
    assertThat(shapes)
        .hasSize(780)
        .containsEntry("double_blocks.18.txt_attn.qkv.weight", List.of(9216L, 3072L))
        .containsEntry("double_blocks.0.img_mod.lin.bias", List.of(18_432L))
        .containsEntry("single_blocks.37.linear1.weight", List.of(21_504L, 3072L))
        .containsEntry("single_blocks.0.norm.key_norm.scale", List.of(128L))
        .containsEntry("guidance_in.in_layer.weight", List.of(3072L, 256L));
    assertThat(parameters(shapes)).isCloseTo(11.901e9, withPercentage(0.1));
    assertThat(parameters(textEncoder(FlowModels.FLUX1, "t5xxl_fp16.safetensors")))
        .isCloseTo(4.762e9, withPercentage(0.1));
    assertThat(parameters(textEncoder(FlowModels.FLUX1, "clip_l.safetensors")))
        .isCloseTo(0.123e9, withPercentage(0.5));
    assertThat(FlowCheckpoint.vae(FlowModels.FLUX1)).doesNotContainKey("encoder.quant_conv.weight");
  }

  @Test
  void flow_chroma_hasTheTensorsOfThePublishedFile() {
    Map<String, List<Long>> shapes = FlowCheckpoint.transformer(FlowModels.CHROMA);
    assertThat(shapes)
        .containsEntry("distilled_guidance_layer.layers.4.in_layer.weight", List.of(5120L, 5120L))
        .containsEntry("distilled_guidance_layer.norms.0.scale", List.of(5120L))
        .doesNotContainKey("double_blocks.0.img_mod.lin.weight");
    assertThat(parameters(shapes)).isCloseTo(8.9e9, withPercentage(1));
  }

  @Test
  void flow_sd35Medium_hasTheTensorsOfThePublishedFile() {
    Map<String, List<Long>> shapes = FlowCheckpoint.transformer(FlowModels.SD35_MEDIUM);
    assertThat(shapes)
        .containsEntry("pos_embed", List.of(1L, 147_456L, 1536L))
        .containsEntry("joint_blocks.12.x_block.attn2.qkv.weight", List.of(4608L, 1536L))
        .containsEntry("joint_blocks.0.x_block.adaLN_modulation.1.bias", List.of(13_824L))
        .containsEntry(
            "joint_blocks.23.context_block.adaLN_modulation.1.weight", List.of(3072L, 1536L))
        .doesNotContainKeys(
            "joint_blocks.13.x_block.attn2.qkv.weight",
            "joint_blocks.23.context_block.attn.proj.weight");
    assertThat(parameters(shapes)).isCloseTo(2.47e9, withPercentage(0.5));
    assertThat(parameters(textEncoder(FlowModels.SD35_MEDIUM, "clip_g.safetensors")))
        .isCloseTo(0.695e9, withPercentage(0.5));
  }

  private static Map<String, List<Long>> textEncoder(FlowConfig config, String file) {
    return config.texts().files().getOrDefault(file, Map.of());
  }

  private static double parameters(Map<String, List<Long>> shapes) {
    return shapes.values().stream()
        .mapToDouble(shape -> shape.stream().mapToDouble(side -> side).reduce(1, (a, b) -> a * b))
        .sum();
  }

  @ParameterizedTest
  @MethodSource("tinyFlows")
  void image_tinyFlow_hasATimeAndAPeak(FlowConfig config) throws IOException {
    Arguments arguments =
        new Arguments(
            FlowCheckpoint.write(config, 1, folder, file -> {}),
            Map.of(
                "--size",
                64,
                "--steps",
                1,
                "--bits",
                32,
                "--sparing",
                1,
                "--pictures",
                1,
                "--lora",
                2));
    List<Figure> figures =
        ImageBenchmark.run(
            arguments,
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly(
            "image, %s, 64², float32, sparing, 1 steps".formatted(config.title()),
            "memory, %s, 64², float32, sparing: peak".formatted(config.title()));
  }

  @ParameterizedTest
  @MethodSource("tinyFlows")
  void lora_tinyFlow_matchesAllModules(FlowConfig config) {
    ModelFiles files =
        CheckpointReader.open(
            FlowCheckpoint.write(config, 1, folder, file -> {}), CheckpointParts.DEFAULT);
    Path lora = folder.resolve("lora.safetensors");
    WriteLora.write(files, 2, 1, lora);
    ModuleIndex index =
        ModuleIndex.of(
            Map.of(Network.UNET, config.transformer().weights()), files.checkpoint().family());
    assertThat(
            PatchPlan.match(
                    index,
                    "tiny",
                    files.checkpoint().family(),
                    List.of(new LoraUse("random", LoraFile.open(lora), 1, 1)))
                .matches())
        .singleElement()
        .satisfies(match -> assertThat(match.unmatched()).isEmpty());
  }

  @Test
  void lora_ofTransformer_changesTheMatricesOfItsBlocks() {
    assertThat(WriteLora.targets(FlowModels.KLEIN))
        .hasSize(5 * 8 + 20 * 2)
        .containsEntry("diffusion_model.double_blocks.0.img_attn.qkv", List.of(9216L, 3072L));
    assertThat(WriteLora.targets(FlowModels.Z_IMAGE))
        .hasSize(34 * 5)
        .containsKeys("diffusion_model.context_refiner.1.feed_forward.w3");
    assertThat(WriteLora.targets(FlowModels.FLUX1))
        .hasSize(19 * 8 + 38 * 2)
        .containsEntry("diffusion_model.single_blocks.37.linear1", List.of(21_504L, 3072L));
    assertThat(WriteLora.targets(FlowModels.SD35_MEDIUM))
        .hasSize(24 * 8 - 3 + 13 * 2)
        .containsKey("diffusion_model.joint_blocks.12.x_block.attn2.qkv");
  }

  @Test
  void lora_sdxl_changesTheModulesOfTheUNet() {
    assertThat(WriteLora.targets(ModelConfig.SDXL))
        .hasSize(722)
        .containsKeys(
            "lora_unet_input_blocks_4_1_proj_in",
            "lora_unet_middle_block_1_transformer_blocks_9_ff_net_0_proj",
            "lora_unet_output_blocks_5_1_transformer_blocks_1_attn2_to_out_0");
  }

  @Test
  void lora_sd15_changesWhatKohyaTrains() {
    assertThat(WriteLora.targets(ModelConfig.SD15))
        .hasSize(72 + 192)
        .containsKeys(
            "lora_te_text_model_encoder_layers_11_mlp_fc2",
            "lora_unet_mid_block_attentions_0_proj_in",
            "lora_unet_up_blocks_3_attentions_2_transformer_blocks_0_attn2_to_out_0");
  }

  @Test
  void lora_tiny_opensWithItsRank() {
    Path path = folder.resolve("lora.safetensors");
    WriteLora.write(ModelConfig.TINY, 3, 1, path);
    LoraFile file = LoraFile.open(path);
    assertThat(file.rank()).isEqualTo(3);
    assertThat(file.strays()).isEmpty();
    assertThat(file.modules()).hasSize(WriteLora.targets(ModelConfig.TINY).size());
  }

  @Test
  void benchmark_tiny_touchesAllTargets() throws IOException {
    List<Figure> figures =
        FullModelPatchBenchmark.run(
            new Arguments(
                checkpoint("tiny.safetensors", 1),
                Map.of("--bits", 32, "--rank", 3, "--rounds", 1, "--gemm", 64)));
    String what =
        "LoRA of " + WriteLora.targets(ModelConfig.TINY).size() + " modules, rank 3, float32, ";
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly(
            what + "plain: apply",
            what + "plain: switch",
            what + "plain: restore",
            what + "packed: apply",
            what + "packed: switch",
            what + "packed: restore");
  }

  @Test
  void picture_tiny_tellsThePeakInWeights() throws IOException {
    Arguments arguments =
        new Arguments(
            checkpoint("tiny.safetensors", 1),
            Map.of(
                "--size",
                64,
                "--steps",
                1,
                "--bits",
                32,
                "--sparing",
                1,
                "--pictures",
                1,
                "--lora",
                0));
    ByteArrayOutputStream stages = new ByteArrayOutputStream();
    List<Figure> figures =
        ImageBenchmark.run(arguments, new PrintStream(stages, true, StandardCharsets.UTF_8));
    assertThat(figures)
        .extracting(Figure::name)
        .containsExactly(
            "image, small model, 64², float32, sparing, 1 steps",
            "memory, small model, 64², float32, sparing: peak");
    assertThat(stages.toString(StandardCharsets.UTF_8)).contains("load", "prompts", "decode");
  }
}
