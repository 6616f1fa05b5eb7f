package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.KnownModels;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the layouts of transformers, and of the places of their parts. */
final class TransformerFilesTest {
  @TempDir Path folder;

  private static TransformerFiles read(Path path, CheckpointParts parts) {
    return KnownModels.read(path, parts).orElseThrow();
  }

  private static TransformerFiles read(Path path) {
    return read(path, CheckpointParts.DEFAULT);
  }

  private CheckpointParts.Builder encoder() {
    return CheckpointParts.builder()
        .textEncoder(SampleNetwork.qwen3().write(folder.resolve("parts/qwen.safetensors")));
  }

  private CheckpointParts flux2Parts() {
    return encoder()
        .vae(SampleNetwork.flux2VaeOriginal().write(folder.resolve("parts/vae.safetensors")))
        .build();
  }

  private CheckpointParts zImageParts() {
    return encoder()
        .vae(SampleNetwork.vae16Original().write(folder.resolve("parts/ae.safetensors")))
        .build();
  }

  /** Asserts that the weights have the names and values of a network in diffusers' layout. */
  private static void assertEqual(TransformerFiles.Part part, SampleNetwork expected) {
    SampleNetwork read = expected.without(name -> name.equals("bn.num_batches_tracked"));
    assertThat(part.weights().keySet()).hasSameElementsAs(read.tensors().keySet());
    try (OpenFiles files = new OpenFiles()) {
      part.weights()
          .forEach(
              (name, origin) -> {
                SampleNetwork.Tensor tensor = Objects.requireNonNull(read.tensors().get(name));
                float[] values = files.of(origin.file()).floats(origin.entry());
                assertThat(Arrays.equals(values, tensor.floats())).as(name).isTrue();
                assertThat(origin.shape()).as(name).isEqualTo(tensor.shape());
              });
    }
    assertThat(part.shapes().keySet()).isEqualTo(part.weights().keySet());
  }

  static Stream<Arguments> transformers() {
    return Stream.of("", "model.diffusion_model.", "diffusion_model.", "net.")
        .flatMap(
            prefix ->
                Stream.<Arguments>of(
                    Arguments.of(prefix, "flux2", SampleNetwork.flux2()),
                    Arguments.of(prefix, "flux2", SampleNetwork.flux2Original()),
                    Arguments.of(
                        prefix,
                        "flux2",
                        SampleNetwork.flux2Original()
                            .renamed(name -> name.replace("norm.scale", "norm.weight"))),
                    Arguments.of(prefix, "z-image", SampleNetwork.zImage()),
                    Arguments.of(prefix, "z-image", SampleNetwork.zImageOriginal())));
  }

  @ParameterizedTest
  @MethodSource("transformers")
  void read_everyLayout_givesTheSameWeights(String prefix, String family, SampleNetwork network) {
    Path path = network.prefixed(prefix).write(folder.resolve("model.safetensors"));
    boolean flux2 = family.equals("flux2");
    TransformerFiles files = read(path, flux2 ? flux2Parts() : zImageParts());
    assertThat(files.family().family()).isEqualTo(flux2 ? ModelFamily.FLUX2 : ModelFamily.Z_IMAGE);
    assertThat(files.folder()).isFalse();
    assertThat(files.transformer().path()).isEqualTo(path);
    assertThat(files.shift()).isEmpty();
    assertEqual(files.transformer(), flux2 ? SampleNetwork.flux2() : SampleNetwork.zImage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.",
        "",
        "text_encoders.qwen3_4b.transformer.model.",
        "text_encoders.qwen3_4b.transformer.",
        "text_encoder.model.",
        "language_model.model."
      })
  void read_textEncoderOfAnyPrefix_isTheSame(String prefix) {
    SampleNetwork qwen =
        SampleNetwork.qwen3()
            .renamed(name -> prefix + name.substring("model.".length()))
            .with("lm_head.weight", 4L, 4L);
    Path encoder = qwen.write(folder.resolve("qwen_3_4b.safetensors"));
    Path path = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    TransformerFiles files = read(path, flux2Parts().toBuilder().textEncoder(encoder).build());
    assertThat(files.textEncoder().path()).isEqualTo(encoder);
    assertEqual(files.textEncoder(), SampleNetwork.qwen3());
  }

  static Stream<Arguments> vaes() {
    return Stream.of("", "vae.", "first_stage_model.")
        .flatMap(
            prefix ->
                Stream.<Supplier<SampleNetwork>>of(
                        SampleNetwork::flux2Vae, SampleNetwork::flux2VaeOriginal)
                    .map(vae -> Arguments.of(prefix, vae.get())));
  }

  @ParameterizedTest
  @MethodSource("vaes")
  void read_flux2Vae_hasTheSameWeightsInBothLayouts(String prefix, SampleNetwork vae) {
    Path file = vae.prefixed(prefix).write(folder.resolve("flux2-vae.safetensors"));
    Path path = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    assertEqual(read(path, encoder().vae(file).build()).vae(), SampleNetwork.flux2Vae());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "vae.", "first_stage_model."})
  void read_flux1Vae_hasNoConvolutionsOfMoments(String prefix) {
    Path file =
        SampleNetwork.vae16Original().prefixed(prefix).write(folder.resolve("ae.safetensors"));
    Path path = SampleNetwork.zImage().write(folder.resolve("model.safetensors"));
    Map<String, Origin> weights = read(path, encoder().vae(file).build()).vae().weights();
    assertThat(weights).hasSize(SampleNetwork.vae16Original().tensors().size());
    assertThat(weights).doesNotContainKeys("quant_conv.weight", "bn.running_mean");
    assertThat(weights.keySet())
        .hasSameElementsAs(
            SampleNetwork.flux2Vae()
                .without(name -> name.contains("quant_conv") || name.startsWith("bn."))
                .tensors()
                .keySet());
  }

  @Test
  void read_wholeCheckpoint_hasAllParts() {
    Path path =
        SampleNetwork.flux2Original()
            .prefixed("model.diffusion_model.")
            .and(SampleNetwork.flux2VaeOriginal().prefixed("vae."))
            .and(SampleNetwork.qwen3().prefixed("text_encoders.qwen3_4b.transformer."))
            .write(folder.resolve("klein.safetensors"));
    TransformerFiles files = read(path);
    assertEqual(files.transformer(), SampleNetwork.flux2());
    assertEqual(files.textEncoder(), SampleNetwork.qwen3());
    assertEqual(files.vae(), SampleNetwork.flux2Vae());
    TransformerFiles other = read(path, flux2Parts());
    assertThat(other.textEncoder().path()).isEqualTo(folder.resolve("parts/qwen.safetensors"));
    assertThat(other.vae().path()).isEqualTo(folder.resolve("parts/vae.safetensors"));
  }

  private Path model(String scheduler) throws IOException {
    Path model = folder.resolve("model");
    SampleNetwork.zImage().writeShards(model.resolve("transformer"), "diffusion_pytorch_model");
    SampleNetwork.qwen3().writeShards(model.resolve("text_encoder"), "model");
    SampleNetwork.vae16Original().write(model.resolve("vae/diffusion_pytorch_model.safetensors"));
    Files.writeString(
        model.resolve("transformer/config.json"),
        "{\"_class_name\": \"ZImageTransformer2DModel\", \"n_layers\": 3, \"n_refiner_layers\":"
            + " 2}");
    Files.writeString(model.resolve("text_encoder/config.json"), "{\"num_hidden_layers\": 8}");
    Files.createDirectory(model.resolve("tokenizer"));
    Files.writeString(model.resolve("tokenizer/vocab.json"), "{}");
    Files.createDirectory(model.resolve("scheduler"));
    Files.writeString(model.resolve("scheduler/scheduler_config.json"), scheduler);
    return model;
  }

  @Test
  void read_folderOfShards_isTheWholeModel() throws IOException {
    Path model = model("{\"shift\": 6.0}");
    TransformerFiles files = read(model);
    assertThat(files.folder()).isTrue();
    assertThat(files.shift()).hasValue(6);
    assertThat(files.distillation().distilled()).isFalse();
    assertThat(files.tokenizer()).hasValue(model.resolve("tokenizer").toAbsolutePath());
    assertThat(files.transformer().settings().path("n_layers").asInt()).isEqualTo(3);
    assertThat(files.textEncoder().settings().path("num_hidden_layers").asInt()).isEqualTo(8);
    assertEqual(files.transformer(), SampleNetwork.zImage());
    assertEqual(files.textEncoder(), SampleNetwork.qwen3());

    Path transformer = model.resolve("transformer");
    for (Path path :
        List.of(
            transformer, transformer.resolve("diffusion_pytorch_model.safetensors.index.json"))) {
      TransformerFiles same = read(path);
      assertThat(same.shift()).hasValue(6);
      assertEqual(same.transformer(), SampleNetwork.zImage());
    }
  }

  @Test
  void read_oneShard_namesTheOthers() throws IOException {
    Path shard =
        model("{}").resolve("transformer/diffusion_pytorch_model-00001-of-00002.safetensors");
    assertThatThrownBy(() -> read(shard))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'" + shard + "': ")
        .hasMessageContaining("of the Z-Image transformer is missing")
        .hasMessageEndingWith(
            "; it is one of several files, so name their folder or index instead");
  }

  @ParameterizedTest
  @CsvSource({
    "n_layers,4,15,layers.3.attention.to_q.weight",
    "n_refiner_layers,3,28,noise_refiner.2.",
  })
  void read_lessThanTheSettingsSay_namesWhatIsMissing(
      String key, int number, String count, String first) throws IOException {
    Path model = model("{}");
    Files.writeString(
        model.resolve("transformer/config.json"), "{\"%s\": %s}".formatted(key, number));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(count + " of the ")
        .hasMessageContaining("of the Z-Image transformer are missing, from '" + first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1000000000", "1e99", "2.5", "\"3\"", "[3]", "true"})
  void read_hostileNumberOfLayers_isRefused(String number) throws IOException {
    Path model = model("{}");
    Files.writeString(
        model.resolve("transformer/config.json"), "{\"n_layers\": %s}".formatted(number));
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("n_layers")
        .hasMessageEndingWith("expected an integer from 1 to 200");
  }

  @ParameterizedTest
  @CsvSource({
    "diffusion_models/model.safetensors,text_encoders,vae",
    "unet/model.safetensors,clip,vae",
    "diffusion_models/flux/klein/model.safetensors,text_encoders,vae"
  })
  void read_comfyUiFolders_findParts(String file, String encoders, String vaes) {
    Path path = SampleNetwork.flux2Original().write(folder.resolve("models").resolve(file));
    Path qwen =
        SampleNetwork.qwen3()
            .write(folder.resolve("models").resolve(encoders).resolve("qwen_3_4b.safetensors"));
    Path vae =
        SampleNetwork.flux2VaeOriginal()
            .write(folder.resolve("models").resolve(vaes).resolve("flux2-vae.safetensors"));
    SampleNetwork.vae16Original().write(vae.resolveSibling("ae.safetensors"));
    TransformerFiles files = read(path);
    assertThat(files.textEncoder().path()).isEqualTo(qwen);
    assertThat(files.vae().path()).isEqualTo(vae);
    Path other = SampleNetwork.zImageOriginal().write(path.resolveSibling("z.safetensors"));
    assertThat(read(other).vae().path()).isEqualTo(vae.resolveSibling("ae.safetensors"));
  }

  @Test
  void read_vaeBeside_isTakenUnlessSwitchedOff() {
    Path path = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    Path vae = SampleNetwork.flux2Vae().write(folder.resolve("model.vae.safetensors"));
    assertThat(read(path, encoder().build()).vae().path()).isEqualTo(vae);
    assertThatThrownBy(() -> read(path, encoder().vaeBeside(false).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("without a VAE");
  }

  @Test
  void read_withoutParts_namesTheUsualFiles() {
    Path path = SampleNetwork.flux2Original().write(folder.resolve("model.safetensors"));
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "checkpoint '%s' is FLUX.2 klein 4B without a text encoder: name a file that has one (textEncoder, --text-encoder), usually 'qwen_3_4b.safetensors' from Comfy-Org/vae-text-encorder-for-flux-klein-4b on Hugging Face, and without a VAE: name a file that has one (vae, --vae), usually 'flux2-vae.safetensors' from Comfy-Org/vae-text-encorder-for-flux-klein-4b on Hugging Face"
                .formatted(path));
    Path other = SampleNetwork.zImage().write(folder.resolve("other.safetensors"));
    assertThatThrownBy(() -> read(other, encoder().build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "checkpoint '%s' is Z-Image without a VAE: name a file that has one (vae, --vae), usually 'ae.safetensors' from Comfy-Org/z_image_turbo on Hugging Face"
                .formatted(other));
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> read(path, flux2Parts().toBuilder().textEncoder(missing).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessage("text encoder '" + missing + "' does not exist");
    assertThatThrownBy(() -> read(path, flux2Parts().toBuilder().textEncoder2(path).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has one text encoder, but '" + path + "' was given");
  }

  @Test
  void read_checkpointOfAUNet_isLeftToOthers() throws IOException {
    assertThat(KnownModels.read(TinyModels.CHECKPOINT, CheckpointParts.DEFAULT)).isEmpty();
    assertThat(KnownModels.read(Files.createDirectory(folder.resolve("a")), zImageParts()))
        .isEmpty();
    for (String name :
        List.of(
            "diffusion_model.double_blocks.0.img_attn.qkv.lora_A.weight",
            "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight",
            "transformer.single_transformer_blocks.0.attn.to_out.lora_B.default.weight",
            "diffusion_model.double_blocks.0.img_attn.qkv.lokr_w1",
            "double_stream_modulation_img.lin.diff",
            "controlnet_blocks.0.double_blocks.0.weight")) {
      Path file =
          new SampleNetwork(Map.of())
              .with(name, 2L, 2L)
              .write(folder.resolve("addition.safetensors"));
      assertThat(KnownModels.read(file, CheckpointParts.DEFAULT)).as(name).isEmpty();
    }
  }
}
