package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.gguf.RawGguf;
import dev.sdlora.tensors.number.BlockType;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufWriterTest {
  private static final List<BlockType> TYPES =
      Arrays.stream(BlockType.values()).filter(BlockType::isWritable).toList();

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void writeEarlierFile() throws IOException {
    path = Files.writeString(folder.resolve("out.gguf"), "earlier");
  }

  private static SafetensorsWriter.Source bytes(int count) {
    return channel -> channel.write(ByteBuffer.allocate(count));
  }

  @Test
  void write_mixedTypes_areReadAgain() {
    new GgufWriter()
        .metadata("general.architecture", "flux")
        .metadata("general.file_type", 7)
        .metadata("epsilon", 0.5f)
        .originalShape("conv", List.of(8L, 4L, 4L, 2L))
        .tensor("scalar", DType.F32, List.of(), bytes(4))
        .tensor("half", DType.F16, List.of(3L, 5L), bytes(30))
        .tensor("conv", BlockType.Q8_0, List.of(1L, 256L), bytes(272))
        .tensor("long", DType.I64, List.of(1L), bytes(8))
        .write(path);

    TensorFile file = TensorFile.open(path);
    assertThat(file.isGguf()).isTrue();
    assertThat(file.metadata())
        .containsEntry("general.architecture", "flux")
        .containsEntry("general.file_type", "7")
        .containsEntry("epsilon", "0.5");
    assertThat(file.tensors().keySet()).containsExactly("scalar", "half", "conv", "long");
    assertThat(file.find("conv").orElseThrow().shape()).containsExactly(8L, 4L, 4L, 2L);
    assertThat(file.storage(file.find("conv").orElseThrow())).isEqualTo("Q8_0");
    assertThat(file.find("half").orElseThrow().shape()).containsExactly(3L, 5L);
    assertThat(file.find("long").orElseThrow().dtype()).isEqualTo(DType.I64);
  }

  @Test
  void write_nothingAdded_isAValidFile() {
    new GgufWriter().write(path);
    assertThat(TensorFile.open(path).tensors()).isEmpty();
  }

  @Test
  void metadataOf_anotherFile_keepsItsArrays() throws IOException {
    byte[] words = {
      8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'a', 1, 0, 0, 0, 0, 0, 0, 0, 'b'
    };
    Path other = folder.resolve("other.gguf");
    Files.write(
        other,
        new RawGguf(64)
            .pair("general.alignment", 4, new byte[] {64, 0, 0, 0})
            .pair("general.file_type", 4, new byte[] {1, 0, 0, 0})
            .pair("tokens", 9, words)
            .bytes());
    new GgufWriter()
        .metadata("general.file_type", 7)
        .metadataOf(TensorFile.open(other))
        .write(path);

    assertThat(TensorFile.open(path).metadata()).containsOnly(Map.entry("general.file_type", "7"));
    byte[] written = Files.readAllBytes(path);
    assertThat(new String(written, StandardCharsets.ISO_8859_1))
        .contains("tokens\t\0\0\0" + new String(words, StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> new GgufWriter().metadataOf(safetensors()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private TensorFile safetensors() {
    Path other = folder.resolve("x.safetensors");
    new SafetensorsWriter().write(other);
    return TensorFile.open(other);
  }

  @Test
  void tensor_badArguments_areRefused() {
    GgufWriter writer = new GgufWriter().tensor("a", DType.F32, List.of(1L), bytes(4));
    assertThatThrownBy(() -> writer.tensor("a", DType.F32, List.of(1L), bytes(4)))
        .hasMessage("tensor was already added: a");
    assertThatThrownBy(() -> writer.tensor("b", DType.U8, List.of(1L), bytes(1)))
        .hasMessage("GGUF files do not have the dtype U8");
    assertThatThrownBy(() -> writer.tensor("b", BlockType.Q4_K, List.of(2L, 32L), bytes(1)))
        .hasMessage("rows of tensor 'b' must be multiples of 256 elements: [2, 32]");
    assertThatThrownBy(() -> writer.tensor("b", DType.F32, List.of(1L, 1L, 1L, 1L, 1L), bytes(4)))
        .hasMessage("tensor 'b' must have at most 4 dimensions: [1, 1, 1, 1, 1]");
    assertThatThrownBy(() -> writer.metadata("k".repeat(1001), "v"))
        .hasMessage("metadata key must have at most 1000 bytes: 1001");
  }

  @Test
  void write_sourceFails_keepsEarlierFileAndLeavesNoOther() {
    GgufWriter full =
        new GgufWriter()
            .tensor(
                "a",
                DType.F32,
                List.of(1L),
                channel -> {
                  throw new IOException("No space left on device");
                });
    assertThatThrownBy(() -> full.write(path)).isInstanceOf(TensorFileException.class);
    GgufWriter few = new GgufWriter().tensor("a", DType.F32, List.of(2L), bytes(4));
    assertThatThrownBy(() -> few.write(path)).isInstanceOf(IllegalStateException.class);
    assertThat(path).hasContent("earlier");
    assertThat(folder).isDirectoryNotContaining(file -> !file.equals(path));
  }

  @Test
  void write_folder_isRefused() {
    assertThatThrownBy(() -> new GgufWriter().write(folder))
        .hasMessageContaining("cannot be written because it is a folder");
  }

  /** The reader returns the values of the blocks that were written. */
  @Property(tries = 50)
  void write_anyBlocks_areReadAsTheyAreRounded(
      @ForAll Random random, @ForAll @IntRange(min = 1, max = 5) int tensors) throws IOException {
    Path file = Files.createTempFile("sd", ".gguf");
    try {
      GgufWriter writer = new GgufWriter();
      List<float[]> expected = new ArrayList<>();
      for (int i = 0; i < tensors; i++) {
        BlockType type = TYPES.get(random.nextInt(TYPES.size()));
        int rows = 1 + random.nextInt(3);
        float[] values = new float[rows * 256];
        for (int j = 0; j < values.length; j++) {
          values[j] = (float) random.nextGaussian();
        }
        int blocks = values.length / type.elements();
        byte[] bytes = new byte[blocks * type.bytes()];
        type.encode(values, blocks, bytes);
        float[] rounded = new float[values.length];
        type.decode(bytes, blocks, rounded);
        expected.add(rounded);
        writer.tensor(
            "t" + i,
            type,
            List.of((long) rows, 256L),
            channel -> channel.write(ByteBuffer.wrap(bytes)));
      }
      writer.write(file);
      TensorFile written = TensorFile.open(file);
      try (TensorFile.Reader reader = written.reader()) {
        for (int i = 0; i < tensors; i++) {
          assertThat(reader.floats(written.find("t" + i).orElseThrow()))
              .containsExactly(expected.get(i));
        }
      }
    } finally {
      Files.delete(file);
    }
  }
}
