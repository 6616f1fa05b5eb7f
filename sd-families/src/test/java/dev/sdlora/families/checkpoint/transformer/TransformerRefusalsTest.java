package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.families.KnownModels;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of models that are refused by name, of incomplete files and of quantised ones. */
final class TransformerRefusalsTest {
  @TempDir Path folder;

  private void read(Path path) {
    KnownModels.read(path, CheckpointParts.DEFAULT);
  }

  private CheckpointParts parts(SampleNetwork encoder, SampleNetwork vae) {
    return CheckpointParts.builder()
        .textEncoder(encoder.write(folder.resolve("parts/encoder.safetensors")))
        .vae(vae.write(folder.resolve("parts/vae.safetensors")))
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FLUX.2 klein 9B | double_stream_modulation_img.lin.weight 4x4;img_in.weight 4096x1",
        "FLUX.2 klein 9B | double_stream_modulation_img.linear.weight 4x4;x_embedder.weight 4096x1",
        "FLUX.2 [dev] | double_stream_modulation_img.lin.weight 4x4;img_in.weight 6144x1",
        "FLUX.2 [dev] | double_stream_modulation_img.lin.weight 4x4;guidance_in.in_layer.weight"
            + " 4x4",
        "FLUX.2 [dev] | single_stream_modulation.linear.weight"
            + " 4x4;time_guidance_embed.guidance_embedder.linear_1.weight 4x4",
        "FLUX.2 of an unknown size | double_stream_modulation_img.lin.weight 4x4;img_in.weight"
            + " 5120x1",
        "a relative of FLUX.1 | double_blocks.0.img_attn.norm.key_norm.scale 4;img_in.weight"
            + " 4x196;vector_in.in_layer.weight 4x4",
        "a relative of FLUX.1 | double_blocks.0.img_attn.norm.key_norm.scale 4;img_in.weight"
            + " 4x64;guidance_in.in_layer.weight 4x4",
        "a relative of FLUX.1 | double_blocks.0.img_attn.norm.key_norm.scale 4;img_in.weight"
            + " 4x384;guidance_in.in_layer.weight 4x4",
        "a relative of FLUX.1 | double_blocks.0.img_attn.norm.key_norm.scale 4;img_in.weight"
            + " 4x128",
        "a relative of FLUX.1 | single_transformer_blocks.0.proj_mlp.weight"
            + " 4x4;time_text_embed.guidance_embedder.linear_1.weight 4x4",
        "Chroma Radiance | distilled_guidance_layer.norms.0.scale 4;nerf_blocks.0.norm.scale 4",
        "Ovis-Image | double_blocks.0.img_attn.norm.key_norm.scale 4;txt_norm.weight 4",
        "LongCat-Image | double_blocks.0.img_attn.norm.key_norm.scale 4;txt_in.weight 4x3584",
        "LongCat-Image | single_transformer_blocks.0.proj_mlp.weight 4x4;context_embedder.weight"
            + " 4x3584",
        "HunyuanVideo | double_blocks.0.img_attn.x 4;txt_in.individual_token_refiner.blocks.0.x 4",
        "Lumina-Image 2, | cap_embedder.1.weight 2304x4;noise_refiner.0.attention.k_norm.weight 4",
        "Lumina-Image 2 or Z-Image | cap_embedder.1.weight 4x4",
        "Z-Image Omni | cap_embedder.1.weight 4x4;cap_pad_token 1x4;siglip_embedder.0.weight 4",
        "a pixel-space variant of Z-Image | cap_embedder.1.weight 4x4;cap_pad_token"
            + " 1x4;dec_net.cond_embed.weight 4",
        "Qwen-Image | transformer_blocks.0.img_mod.1.weight 4x4"
      })
  void read_otherModel_isRefusedByName(String name, String tensors) {
    for (String prefix : List.of("", "model.diffusion_model.")) {
      SampleNetwork network = new SampleNetwork(Map.of());
      for (String tensor : List.of(tensors.split(";", -1))) {
        String[] parts = tensor.split(" ", -1);
        network =
            network.with(
                prefix + parts[0],
                Arrays.stream(parts[1].split("x", -1)).map(Long::valueOf).toArray(Long[]::new));
      }
      Path path = network.write(folder.resolve("other.safetensors"));
      assertThatThrownBy(() -> read(path))
          .isInstanceOf(CheckpointException.class)
          .hasMessageStartingWith("'" + path + "' is " + name)
          .hasMessageContaining(", which is not supported: found '" + prefix)
          .hasMessageEndingWith(
              "; expected FLUX.2 klein 4B, Z-Image, FLUX.1, Chroma, Stable Diffusion 3 or a model"
                  + " with a U-Net (SD 1.x, SD 2.x, SDXL)");
    }
  }

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of(SampleNetwork.flux2(), "FLUX.2"),
        Arguments.of(SampleNetwork.flux2Original(), "FLUX.2"),
        Arguments.of(SampleNetwork.zImage(), "Z-Image"),
        Arguments.of(SampleNetwork.zImageOriginal(), "Z-Image"));
  }

  /** Returns the names of some tensors, evenly spread. */
  private static List<String> some(SampleNetwork network, int step) {
    List<String> names = List.copyOf(network.tensors().keySet());
    return IntStream.iterate(1, i -> i < names.size(), i -> i + step).mapToObj(names::get).toList();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void read_oneTensorMissing_namesIt(SampleNetwork network) {
    for (String name : some(network, 11)) {
      Path path = network.without(name::equals).write(folder.resolve("half.safetensors"));
      assertThatThrownBy(() -> read(path))
          .as(name)
          .isInstanceOf(CheckpointException.class)
          .satisfiesAnyOf(
              e -> assertThat(e).hasMessageContaining("'" + name + "'"),
              // The sign of the family itself.
              e -> assertThat(e).hasMessageContaining("which is not supported"));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void read_oneTensorOfAnotherShape_namesIt(SampleNetwork network, String family) {
    for (String name : some(network, 11)) {
      Path path = network.with(name, 7L, 11L).write(folder.resolve("wrong.safetensors"));
      assertThatThrownBy(() -> read(path))
          .as(name)
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(family)
          .satisfiesAnyOf(
              e ->
                  assertThat(e)
                      .hasMessageContaining("'" + name + "'")
                      .hasMessageContaining("[7, 11]"),
              // The only tensor that shows a size decides it for others.
              e ->
                  assertThat(e)
                      .hasMessageContaining("has shape")
                      .hasMessageContaining("expected ["));
    }
  }

  @Test
  void read_halfOfTheBlocks_namesFirstAndLast() {
    Path path =
        SampleNetwork.flux2Original()
            .without(name -> name.startsWith("double_blocks.0."))
            .write(folder.resolve("half.safetensors"));
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("double_blocks.0.")
        .hasMessageEndingWith("missing; the file is probably incomplete");
    Path gap =
        SampleNetwork.zImageOriginal()
            .without(name -> name.startsWith("layers.1."))
            .write(folder.resolve("gap.safetensors"));
    assertThatThrownBy(() -> read(gap))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "': 15 of the 116 tensors of the Z-Image transformer are missing, from 'layers.1.");
  }

  @Test
  void read_fullWidthWithFewBlocks_isIncomplete() {
    SampleNetwork network =
        new SampleNetwork(Map.of())
            .with("double_stream_modulation_img.lin.weight", 6L, 1L)
            .with("img_in.weight", 3072L, 1L)
            .with("txt_in.weight", 3072L, 1L)
            .with("time_in.in_layer.weight", 3072L, 1L)
            .with("final_layer.linear.weight", 1L, 3072L)
            .with("double_blocks.0.img_attn.norm.query_norm.scale", 128L)
            .with("double_blocks.0.img_mlp.2.weight", 1L, 9216L);
    Path path = network.write(folder.resolve("full.safetensors"));
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(" of the 169 tensors of the FLUX.2 transformer are missing, from '");
  }

  @ParameterizedTest
  @ValueSource(strings = {"200", "9999", "99999999999999999999"})
  void read_hostileBlockNumber_isRefused(String number) {
    Path path =
        SampleNetwork.flux2Original()
            .with("double_blocks." + number + ".img_mlp.0.weight", 2L, 2L)
            .write(folder.resolve("many.safetensors"));
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has number " + number + ", expected at most 199");
  }

  @Test
  void read_otherTextEncoder_saysWhatItIs() {
    Path path = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    Map<String, String> kinds =
        Map.of(
            "text_model.encoder.layers.0.self_attn.q_proj.weight", "is a CLIP model",
            "encoder.block.0.layer.0.SelfAttention.q.weight", "is a T5 model",
            "model.layers.0.self_attn.q_proj.weight",
                "is a language model without norms of queries and keys",
            "something.else", "has no language model; the first of its 1 tensors is");
    kinds.forEach(
        (tensor, kind) ->
            assertThatThrownBy(
                    () ->
                        KnownModels.read(
                            path,
                            parts(
                                new SampleNetwork(Map.of()).with(tensor, 2L, 2L),
                                SampleNetwork.flux2Vae())))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("encoder.safetensors' " + kind)
                .hasMessageContaining("; expected Qwen3-4B, with tensors such as '"));
  }

  @Test
  void read_textEncoderOfOtherWidth_saysBoth() {
    Path path =
        SampleNetwork.zImage()
            .with("cap_embedder.0.weight", 64L)
            .with("cap_embedder.1.weight", 48L, 64L)
            .write(folder.resolve("model.safetensors"));
    assertThatThrownBy(
            () ->
                KnownModels.read(path, parts(SampleNetwork.qwen3(), SampleNetwork.vae16Original())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has states of width 48, expected 64 for the transformer '")
        .hasMessageEndingWith("it is probably Qwen3 of another size than 4B");
  }

  @Test
  void read_halfTextEncoder_namesWhatIsMissing() {
    Path path = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    SampleNetwork half = SampleNetwork.qwen3().without(name -> name.contains("layers.3."));
    assertThatThrownBy(() -> KnownModels.read(path, parts(half, SampleNetwork.flux2Vae())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            ": 11 of the 90 tensors of the text encoder are missing, from"
                + " 'model.layers.3.input_layernorm.weight'");
  }

  @Test
  void read_vaeOfAnotherFamily_saysBoth() {
    Path flux2 = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    assertThatThrownBy(
            () ->
                KnownModels.read(
                    flux2, parts(SampleNetwork.qwen3(), SampleNetwork.vae16Original())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "has latents of 16 channels, expected 32 as FLUX.2 klein 4B has; the usual file is"
                + " 'flux2-vae.safetensors'");
    assertThatThrownBy(
            () -> KnownModels.read(flux2, parts(SampleNetwork.qwen3(), SampleNetwork.qwen3())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("vae.safetensors' is not a VAE: none of its 90 tensors is named");
  }

  @Test
  void read_halfVae_namesWhatIsMissing() {
    Path flux2 = SampleNetwork.flux2().write(folder.resolve("model.safetensors"));
    for (SampleNetwork vae : List.of(SampleNetwork.flux2Vae(), SampleNetwork.flux2VaeOriginal())) {
      for (String name : some(vae, 24)) {
        assertThatThrownBy(
                () ->
                    KnownModels.read(
                        flux2, parts(SampleNetwork.qwen3(), vae.without(name::equals))))
            .as(name)
            .isInstanceOf(CheckpointException.class)
            .hasMessageContaining("'" + name + "'");
      }
    }
  }

  private static SafetensorsWriter note(SafetensorsWriter writer, String name, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return writer.tensor(
        name,
        DType.U8,
        List.of((long) bytes.length),
        channel -> channel.write(ByteBuffer.wrap(bytes)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "double_blocks.0.img_attn.proj.weight.quant_state.bitsandbytes__fp4 | FP4 by bitsandbytes",
        "double_blocks.0.img_attn.proj.weight.absmax | 4 bits by bitsandbytes without a description"
            + " of its layers",
        "double_blocks.0.img_attn.proj.weight_scale_2 | NVFP4 without a description of its layers",
        "double_blocks.0.img_attn.proj.SCB | 8 bits by bitsandbytes",
        "double_blocks.0.img_attn.proj.weight_qdata | torchao",
        "double_blocks.0.img_attn.proj.qweight | AWQ or GPTQ",
        "double_blocks.0.img_attn.proj.smooth_factor | SVDQuant by nunchaku"
      })
  void read_quantisedFile_isRefusedByFormat(String tensor, String format) {
    for (String prefix : List.of("", "model.diffusion_model.")) {
      Path path =
          SampleNetwork.flux2Original()
              .with(tensor, 1L)
              .prefixed(prefix)
              .write(folder.resolve("quantised.safetensors"));
      assertThatThrownBy(() -> read(path))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(
              "'%s': the FLUX.2 transformer is quantised (%s), which is not supported: found tensor '%s'; expected FP8, INT8, NVFP4 or MXFP8 of ComfyUI, NF4 of bitsandbytes, or unquantised weights"
                  .formatted(path, format, prefix + tensor));
    }
  }

  @Test
  void read_formatOfLayerIsUnknown_isRefusedByName() {
    Path path = folder.resolve("quantised.safetensors");
    note(
            SampleNetwork.zImageOriginal().writer(),
            "layers.0.attention.qkv.comfy_quant",
            "{\"format\": \"convrot_w4a4\"}")
        .write(path);
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("in the quantised format 'convrot_w4a4', which is not supported");
  }

  @Test
  void read_integerWeights_areRefused() {
    SampleNetwork network = SampleNetwork.flux2();
    String name = "proj_out.weight";
    Path path = folder.resolve("integers.safetensors");
    network
        .without(name::equals)
        .writer()
        .tensor(
            name, DType.I8, List.of(128L, 48L), channel -> channel.write(ByteBuffer.allocate(6144)))
        .write(path);
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor 'proj_out.weight' of the FLUX.2 transformer has dtype int8")
        .hasMessageEndingWith("files quantised like this are not supported");
    Path sdnq = folder.resolve("sdnq.safetensors");
    network
        .without(name::equals)
        .with("proj_out.scale", 1L)
        .writer()
        .tensor(
            name, DType.U8, List.of(6144L, 1L), channel -> channel.write(ByteBuffer.allocate(6144)))
        .write(sdnq);
    assertThatThrownBy(() -> read(sdnq))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is quantised (SDNQ), which is not supported: found tensor");
  }

  @Test
  void read_quantisedFolder_isRefusedByItsSettings() throws IOException {
    Path model = folder.resolve("model");
    SampleNetwork.flux2().write(model.resolve("transformer/diffusion_pytorch_model.safetensors"));
    Files.writeString(
        model.resolve("transformer/config.json"),
        "{\"quantization_config\": {\"quant_method\": \"torchao\"}}");
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is quantised (torchao), which is not supported");
    Files.writeString(model.resolve("transformer/config.json"), "{");
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("config.json' cannot be read: ");
  }

  @Test
  void read_plainFloat8_isAccepted() {
    SampleNetwork network = SampleNetwork.flux2Original();
    String name = "double_blocks.0.img_attn.qkv.weight";
    Path path = folder.resolve("float8.safetensors");
    network
        .without(name::equals)
        .writer()
        .tensor(
            name,
            DType.F8_E4M3,
            List.of(144L, 48L),
            channel -> channel.write(ByteBuffer.allocate(144 * 48)))
        .write(path);
    assertThat(KnownModels.read(path, parts(SampleNetwork.qwen3(), SampleNetwork.flux2Vae())))
        .isPresent();
  }
}
