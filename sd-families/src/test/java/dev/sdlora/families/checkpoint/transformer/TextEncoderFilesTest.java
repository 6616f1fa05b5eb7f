package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.NetworkWeights.Stems;
import dev.sdlora.tensorkit.GgufWriter;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of T5 and CLIP in every kind of file. */
class TextEncoderFilesTest {
  private static final String CHECKPOINT = "text_encoders.t5xxl.transformer.";

  @TempDir Path folder;

  private static Map<String, Origin> t5(NetworkWeights weights) {
    StoredNetwork network = T5Tensors.in(weights);
    network.requireSupported(MissingNode.getInstance());
    return network.resolve(T5Tensors.wanted(network));
  }

  private static Map<String, Origin> clip(ClipTensors clip, NetworkWeights weights) {
    StoredNetwork network = clip.in(weights);
    return network.resolve(clip.wanted(network));
  }

  private static void assertEqual(Map<String, Origin> weights, SampleNetwork expected) {
    assertThat(weights.keySet()).hasSameElementsAs(expected.tensors().keySet());
    try (OpenFiles files = new OpenFiles()) {
      weights.forEach(
          (name, origin) ->
              assertThat(files.of(origin.file()).floats(origin.entry()))
                  .as(name)
                  .containsExactly(Objects.requireNonNull(expected.tensors().get(name)).floats()));
    }
  }

  private NetworkWeights written(SampleNetwork network) {
    return NetworkWeights.at(network.write(folder.resolve("encoders.safetensors")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", CHECKPOINT})
  void t5_file_hasItsWeights(String prefix) {
    SampleNetwork others =
        SampleNetwork.clipL()
            .prefixed("text_encoders.clip_l.transformer.")
            .with("model.diffusion_model.img_in.weight", 8L, 8L);
    assertEqual(t5(written(SampleNetwork.t5().prefixed(prefix).and(others))), SampleNetwork.t5());
  }

  @Test
  void t5_fileWithOtherNameOfTheTable_hasItsWeights() {
    SampleNetwork stored =
        SampleNetwork.t5()
            .renamed(name -> name.replace("shared.weight", "encoder.embed_tokens.weight"));
    assertEqual(t5(written(stored)), SampleNetwork.t5());
  }

  @Test
  void t5_wholeModel_hasTheEncodersWeights() {
    SampleNetwork decoder =
        SampleNetwork.t5().renamed(name -> name.replace("encoder.", "decoder.") + "_");
    assertEqual(t5(written(SampleNetwork.t5().and(decoder))), SampleNetwork.t5());
  }

  @Test
  void t5_shards_haveItsWeights() throws IOException {
    Files.createDirectories(folder.resolve("text_encoder_2"));
    SampleNetwork.t5().writeShards(folder.resolve("text_encoder_2"), "model");
    assertEqual(
        t5(
            NetworkWeights.in(
                folder.resolve("text_encoder_2"), Stems.TRANSFORMERS, Optional.empty())),
        SampleNetwork.t5());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void t5_gguf_hasItsWeights(boolean llama) {
    SampleNetwork stored =
        llama ? SampleNetwork.t5().renamed(TextEncoderFilesTest::llama) : SampleNetwork.t5();
    GgufWriter writer = new GgufWriter().pair("general.architecture", "t5encoder");
    stored
        .tensors()
        .forEach((name, tensor) -> writer.tensor(name, tensor.shape(), tensor.floats()));
    NetworkWeights weights = NetworkWeights.at(writer.write(folder.resolve("t5.gguf")));
    assertEqual(t5(weights), SampleNetwork.t5());
  }

  /** Returns llama.cpp's name. */
  private static String llama(String name) {
    return name.replace("shared.", "token_embd.")
        .replace("encoder.final_layer_norm.", "enc.output_norm.")
        .replace("encoder.block.", "enc.blk.")
        .replace("layer.0.layer_norm", "attn_norm")
        .replace("layer.1.layer_norm", "ffn_norm")
        .replace("layer.0.SelfAttention.relative_attention_bias", "attn_rel_b")
        .replace("layer.0.SelfAttention.", "attn_")
        .replace("layer.1.DenseReluDense.wi_0", "ffn_gate")
        .replace("layer.1.DenseReluDense.wi_1", "ffn_up")
        .replace("layer.1.DenseReluDense.wo", "ffn_down");
  }

  @Test
  void t5_scaledFloat8_isScaled() {
    byte one = 0x38;
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(
        "scaled_fp8", DType.F8_E4M3, List.of(0L), out -> out.write(ByteBuffer.allocate(0)));
    SampleNetwork.t5()
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.contains("SelfAttention.q") || name.contains("wo")) {
                byte[] codes = new byte[tensor.values().size()];
                Arrays.fill(codes, one);
                writer.tensor(
                    name, DType.F8_E4M3, tensor.shape(), out -> out.write(ByteBuffer.wrap(codes)));
                writer.tensor(
                    name.replace(".weight", ".scale_weight"),
                    List.of(),
                    new float[] {0.5f},
                    DType.F32);
              } else {
                writer.tensor(name, tensor.shape(), tensor.floats(), DType.F16);
              }
            });
    Path path = folder.resolve("t5xxl_fp8_e4m3fn_scaled.safetensors");
    writer.write(path);
    Origin origin =
        Objects.requireNonNull(
            t5(NetworkWeights.at(path)).get("encoder.block.1.layer.1.DenseReluDense.wo.weight"));
    try (OpenFiles files = new OpenFiles()) {
      assertThat(files.of(origin.file()).floats(origin.entry())).containsOnly(0.5f);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clip | is a CLIP model",
        "qwen | is Qwen3",
        "old | is T5 of version 1.0, whose MLPs have no gates",
        "umt5 | is UMT5, which Wan reads",
        "vae | has no language model; the first of its"
      })
  void t5_otherEncoder_isRefusedByName(String name, String what) {
    SampleNetwork other =
        switch (name) {
          case "clip" -> SampleNetwork.clipL();
          case "qwen" -> SampleNetwork.qwen3();
          case "old" ->
              SampleNetwork.t5()
                  .renamed(stored -> stored.replace("wi_0", "wi").replace("wi_1", "x"));
          case "umt5" ->
              SampleNetwork.t5()
                  .with(
                      "encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight",
                      32L,
                      4L);
          default -> SampleNetwork.vae16Original();
        };
    NetworkWeights weights = written(other);
    assertThatThrownBy(() -> T5Tensors.in(weights))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(what)
        .hasMessageContaining("expected T5-XXL of version 1.1, with tensors such as");
  }

  @Test
  void t5_missingTensor_isNamed() {
    String name = "encoder.block.1.layer.1.DenseReluDense.wi_1.weight";
    NetworkWeights weights = written(SampleNetwork.t5().without(name::equals));
    assertThatThrownBy(() -> t5(weights))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("tensor '%s' of the text encoder T5 is missing".formatted(name));
  }

  @Test
  void t5_otherWidth_doesNotFit() {
    StoredNetwork network = T5Tensors.in(written(SampleNetwork.t5()));
    T5Tensors.requireFitting(network, Path.of("flux.safetensors"), 80);
    assertThatThrownBy(() -> T5Tensors.requireFitting(network, Path.of("flux.safetensors"), 4096))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has states of width 80, expected 4096");
  }

  @ParameterizedTest
  @EnumSource(ClipTensors.class)
  void clip_checkpoint_hasBothApart(ClipTensors clip) {
    NetworkWeights weights =
        written(
            SampleNetwork.clipG()
                .prefixed("text_encoders.clip_g.transformer.")
                .and(SampleNetwork.clipL().prefixed("text_encoders.clip_l.transformer.")));
    assertEqual(
        clip(clip, weights), clip == ClipTensors.L ? SampleNetwork.clipL() : SampleNetwork.clipG());
  }

  @ParameterizedTest
  @EnumSource(ClipTensors.class)
  void clip_singleFile_hasItsWeights(ClipTensors clip) {
    SampleNetwork network = clip == ClipTensors.L ? SampleNetwork.clipL() : SampleNetwork.clipG();
    NetworkWeights weights =
        written(network.with("text_model.embeddings.position_ids", 1L, 77L).with("logit_scale"));
    assertEqual(clip(clip, weights), network);
  }

  @Test
  void clip_fullSizeOfTheOther_isRefused() {
    NetworkWeights weights =
        written(
            SampleNetwork.clipL().with("text_model.encoder.layers.0.layer_norm1.weight", 1280L));
    assertThat(ClipTensors.G.prefix(weights)).isPresent();
    assertThatThrownBy(() -> ClipTensors.L.in(weights))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is a CLIP model; expected CLIP-L")
        .hasMessageContaining("of width 768");
  }
}
