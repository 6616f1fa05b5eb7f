package dev.sdlora.families.checkpoint.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.checkpoint.stored.NetworkWeights.Stems;
import dev.sdlora.tensorkit.TorchWriter;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the files from which a network of a diffusers folder is read. */
final class NetworkWeightsTest {
  private static final String STEM = "diffusion_pytorch_model";

  @TempDir Path folder;

  /** Writes a file with one tensor, whose name contains that of the file. */
  private Path file(String name) throws IOException {
    Path plain = folder.resolve(name.endsWith(".bin") ? "plain.safetensors" : name);
    new SafetensorsWriter().tensor(name, List.of(2L), new float[2], DType.F16).write(plain);
    if (name.endsWith(".bin")) {
      TorchWriter.write(TensorFile.open(plain), folder.resolve(name));
      Files.delete(plain);
    }
    return folder.resolve(name);
  }

  private Path index(String name, String weightMap) throws IOException {
    return Files.writeString(folder.resolve(name), "{\"weight_map\": " + weightMap + "}");
  }

  private NetworkWeights read(String variant) {
    return NetworkWeights.in(
        folder, Stems.DIFFUSERS, Optional.of(variant).filter(text -> !text.isEmpty()));
  }

  @Test
  void in_manyFiles_takesTheFirstByTheRule() throws IOException {
    List<String> inOrder =
        List.of(
            STEM + ".safetensors",
            STEM + ".fp16.safetensors",
            STEM + ".bin",
            STEM + ".fp16.bin",
            STEM + ".bf16.safetensors");
    for (String name : inOrder) {
      file(name);
    }
    assertThat(read("fp16").names()).containsExactly(STEM + ".fp16.safetensors");
    assertThat(read("bf16").names()).containsExactly(STEM + ".bf16.safetensors");
    assertThat(read("none").names()).containsExactly(STEM + ".safetensors");
    assertThat(NetworkWeights.hasVariant(folder, Stems.DIFFUSERS, "bf16")).isTrue();
    assertThat(NetworkWeights.hasVariant(folder, Stems.DIFFUSERS, "none")).isFalse();
    for (String name : inOrder.subList(0, 4)) {
      assertThat(read("").names()).containsExactly(name);
      Files.delete(folder.resolve(name));
    }
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has no weights: expected '" + STEM + ".safetensors', ");
  }

  @ParameterizedTest
  @CsvSource({
    ".safetensors.index.json,''",
    ".fp16.safetensors.index.json,fp16",
    ".safetensors.index.fp16.json,fp16",
    ".bin.index.json,''",
    ".fp16.bin.index.json,''"
  })
  void in_shards_areOneView(String ending, String variant) throws IOException {
    String format = ending.contains("bin") ? ".bin" : ".safetensors";
    Path one = file("part-1" + format);
    Path two = file("part-2" + format);
    index(
        STEM + ending,
        "{\"part-2%s\": \"part-2%s\", \"part-1%s\": \"part-1%s\"}"
            .formatted(format, format, format, format));
    NetworkWeights weights = read(variant);
    assertThat(weights.path()).isEqualTo(folder.resolve(STEM + ending));
    assertThat(weights.names()).containsExactly("part-2" + format, "part-1" + format);
    assertThat(weights.fileOf("part-1" + format).path()).isEqualTo(one);
    assertThat(weights.find("part-2" + format))
        .hasValueSatisfying(
            entry -> assertThat(weights.fileOf(entry.name()).path()).isEqualTo(two));
    assertThat(weights.find("part-3")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": | or token 'null', 'true' or 'false') (line 1, column 21)",
        "{} | has no weight_map from tensors to files",
        "[] | has no weight_map from tensors to files",
        "{\"a\": 7} | has 7 for tensor 'a', expected a file name",
        "{\"a\": \"none.safetensors\"} | names the file 'none.safetensors', which is missing",
        "{\"b\": \"a.safetensors\"} | says that tensor 'b' is in '",
        "{\"a.safetensors\": \"../a.safetensors\"} | names the file '../a.safetensors', which is"
            + " in",
        "{\"a.safetensors\": \"x/a.safetensors\"} | names the file 'x/a.safetensors', which is in",
        "{\"a.safetensors\": \"/a.safetensors\"} | names the file '/a.safetensors', which is in"
            + " another folder",
        "{\"a.safetensors\": \"..\"} | names the file '..', which is in another folder",
        "{\"a.safetensors\": \"\"} | names the file '', which is in another folder; expected a file"
            + " in the folder of the index",
        "{\"a.safetensors\": \"a\\u0000\"} | which is not a valid file name"
      })
  void in_badIndex_saysWhatIsWrong(String weightMap, String sentence) throws IOException {
    file("a.safetensors");
    Path index = index(STEM + ".safetensors.index.json", weightMap);
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("index '" + index + "' ")
        .hasMessageContaining(sentence);
  }

  /** Every header is kept in memory, and all names may be links to the same file. */
  @Test
  void in_indexOfManyLargeHeaders_isRefused() throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < 20_001; i++) {
      writer.tensor("t" + i, List.of(0L), new float[0], DType.F16);
    }
    Path file = folder.resolve("1.safetensors");
    writer.write(file);
    Files.createSymbolicLink(folder.resolve("2.safetensors"), file);
    index(
        STEM + ".safetensors.index.json", "{\"t1\": \"1.safetensors\", \"t2\": \"2.safetensors\"}");
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("names files with 40002 tensors and ")
        .hasMessageContaining("expected at most 40000 and 16777216");
  }
}
