package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.KnownModels;
import dev.sdlora.tensorkit.GgufWriter;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.SplitGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of transformers and text encoders in GGUF files. Their integers are exact in Q8_0. */
final class GgufFilesTest {
  @TempDir Path folder;

  private static Path write(SampleNetwork network, String architecture, Path file) {
    GgufWriter writer = new GgufWriter();
    if (!architecture.isEmpty()) {
      writer.pair("general.architecture", architecture);
    }
    network
        .tensors()
        .forEach((name, tensor) -> writer.tensor(name, tensor.shape(), tensor.floats()));
    return writer.write(file);
  }

  private static SampleNetwork llama() {
    return SampleNetwork.qwen3().renamed(GgufFilesTest::llama);
  }

  /** Returns llama.cpp's name. */
  private static String llama(String name) {
    return name.replace("model.embed_tokens.", "token_embd.")
        .replace("model.norm.", "output_norm.")
        .replace("model.layers.", "blk.")
        .replace("input_layernorm", "attn_norm")
        .replace("post_attention_layernorm", "ffn_norm")
        .replace("self_attn.o_proj", "attn_output")
        .replace("self_attn.", "attn_")
        .replace("mlp.", "ffn_")
        .replace("_proj.", ".");
  }

  private static void assertEqual(TransformerFiles.Part part, SampleNetwork expected) {
    assertThat(part.weights().keySet()).hasSameElementsAs(expected.tensors().keySet());
    try (OpenFiles files = new OpenFiles()) {
      part.weights()
          .forEach(
              (name, origin) -> {
                SampleNetwork.Tensor tensor = Objects.requireNonNull(expected.tensors().get(name));
                assertThat(files.of(origin.file()).floats(origin.entry()))
                    .as(name)
                    .isEqualTo(tensor.floats());
                assertThat(origin.shape()).as(name).isEqualTo(tensor.shape());
              });
    }
  }

  private static Set<String> formats(Map<String, Origin> weights) {
    Set<String> formats = new HashSet<>();
    weights.values().forEach(origin -> formats.add(origin.file().storage(origin.entry())));
    return formats;
  }

  private TransformerFiles read(Path path) {
    CheckpointParts parts =
        CheckpointParts.builder()
            .textEncoder(write(llama(), "qwen3", folder.resolve("Qwen3-4B-Q8_0.gguf")))
            .vae(
                (path.toString().contains("flux2")
                        ? SampleNetwork.flux2VaeOriginal()
                        : SampleNetwork.vae16Original())
                    .write(folder.resolve("vae.safetensors")))
            .build();
    return KnownModels.read(path, parts).orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model.diffusion_model."})
  void read_flux2_hasTheWeightsOfTheFile(String prefix) {
    SampleNetwork stored = SampleNetwork.flux2Original().prefixed(prefix);
    Path path = write(stored, prefix.isEmpty() ? "flux" : "", folder.resolve("flux2.gguf"));
    TransformerFiles files = read(path);
    assertThat(files.family().family()).isEqualTo(ModelFamily.FLUX2);
    assertEqual(files.transformer(), SampleNetwork.flux2());
    assertEqual(files.textEncoder(), SampleNetwork.qwen3());
    assertThat(formats(files.transformer().weights())).contains("Q8_0", "float32");
    assertThat(formats(files.textEncoder().weights())).contains("Q8_0", "float32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model.diffusion_model."})
  void read_zImage_hasTheWeightsOfTheFile(String prefix) {
    SampleNetwork stored = SampleNetwork.zImageOriginal().prefixed(prefix);
    Path path = write(stored, prefix.isEmpty() ? "lumina2" : "", folder.resolve("z.gguf"));
    TransformerFiles files = read(path);
    assertThat(files.family().family()).isEqualTo(ModelFamily.Z_IMAGE);
    assertEqual(files.transformer(), SampleNetwork.zImage());
  }

  @Test
  void read_nameWithFormat_saysNothingAboutDistillation() {
    SampleNetwork network = SampleNetwork.zImageOriginal();
    assertThat(
            read(write(network, "lumina2", folder.resolve("z-image-Q4_K_M.gguf")))
                .distillation()
                .distilled())
        .isFalse();
    assertThat(
            read(write(network, "lumina2", folder.resolve("z-image-turbo-Q4_K_M.gguf")))
                .distillation()
                .distilled())
        .isTrue();
  }

  @Test
  void read_comfyUiFolders_findTheOnlyQwen3() throws IOException {
    Path path = write(SampleNetwork.flux2Original(), "flux", folder.resolve("unet/m.gguf"));
    SampleNetwork.flux2VaeOriginal().write(folder.resolve("vae/flux2-vae.safetensors"));
    Path encoders = folder.resolve("text_encoders");
    Path qwen = write(llama(), "qwen3", encoders.resolve("qwen/Qwen3-4B-Q8_0.gguf"));
    write(SampleNetwork.vae16Original(), "", encoders.resolve("other.gguf"));
    Files.writeString(encoders.resolve("damaged.gguf"), "GGUF");
    assertThat(open(path).textEncoder().path()).isEqualTo(qwen);

    write(llama(), "qwen3", folder.resolve("clip/Qwen3-4B-Q4_0.gguf"));
    assertThatThrownBy(() -> open(path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is FLUX.2 klein 4B without a text encoder");

    Path usual = SampleNetwork.qwen3().write(encoders.resolve("qwen_3_4b.safetensors"));
    assertThat(open(path).textEncoder().path()).isEqualTo(usual);
  }

  @Test
  void read_splitFiles_areWhole() throws IOException {
    Path whole = write(SampleNetwork.flux2Original(), "flux", folder.resolve("whole.gguf"));
    Path qwen = write(llama(), "qwen3", folder.resolve("qwen.gguf"));
    Files.createDirectories(folder.resolve("unet"));
    Files.createDirectories(folder.resolve("text_encoders"));
    List<Path> parts = SplitGguf.split(whole, folder.resolve("unet/m"), 3, true);
    Path encoder = SplitGguf.split(qwen, folder.resolve("text_encoders/q"), 2, false).get(0);
    SampleNetwork.flux2VaeOriginal().write(folder.resolve("vae/flux2-vae.safetensors"));
    for (Path part : parts) {
      TransformerFiles files = open(part);
      assertEqual(files.transformer(), SampleNetwork.flux2());
      assertEqual(files.textEncoder(), SampleNetwork.qwen3());
      assertThat(files.textEncoder().path()).isEqualTo(encoder);
    }
    Files.delete(parts.get(1));
    assertThatThrownBy(() -> open(parts.get(0)))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("part 2, '" + parts.get(1) + "', is missing");
  }

  @Test
  void read_otherLanguageModel_isRefused() {
    Path path = write(SampleNetwork.flux2Original(), "flux", folder.resolve("m.gguf"));
    SampleNetwork llama = llama().without(name -> name.contains("_norm.") && name.contains("_k_"));
    Path other =
        write(
            llama.without(name -> name.contains("attn_q_norm")),
            "llama",
            folder.resolve("llama.gguf"));
    CheckpointParts parts = CheckpointParts.builder().textEncoder(other).vae(other).build();
    assertThatThrownBy(() -> KnownModels.read(path, parts))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is a language model without norms of queries and keys");
    Path t5 =
        write(
            llama().renamed("enc."::concat).with("enc.blk.0.attn_rel_b.weight", 32L, 4L),
            "t5encoder",
            folder.resolve("t5.gguf"));
    assertThatThrownBy(
            () -> KnownModels.read(path, CheckpointParts.builder().textEncoder(t5).vae(t5).build()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is a T5 model");
  }

  @Test
  void read_cutFile_isRefused() throws IOException {
    Path path = Files.writeString(folder.resolve("flux-2-klein-4b-Q4_K_M.gguf"), "GGUF\3\0\0\0");
    assertThatThrownBy(() -> KnownModels.read(path, CheckpointParts.DEFAULT))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("ends within its header");
  }

  private static TransformerFiles open(Path path) {
    return KnownModels.read(path, CheckpointParts.DEFAULT).orElseThrow();
  }
}
