package dev.sdlora.tensors.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufContainerTest {
  @TempDir private Path folder;

  @Test
  void open_metadataOfEveryKind_keepsAllButArraysAndLongStrings() throws IOException {
    RawGguf file =
        new RawGguf()
            .pair("u8", 0, new byte[] {(byte) 200})
            .pair("i8", 1, new byte[] {(byte) 200})
            .pair("u16", 2, new byte[] {(byte) 255, (byte) 255})
            .pair("i16", 3, new byte[] {(byte) 255, (byte) 255})
            .pair("u32", 4, RawGguf.int32(-1))
            .pair("i32", 5, RawGguf.int32(-1))
            .pair("f32", 6, RawGguf.int32(Float.floatToIntBits(1e-6f)))
            .pair("bool", 7, new byte[] {1})
            .pair("general.architecture", "flux")
            .integers("array", 1, 2, 3)
            .pair("tokens", 9, words("a", "", "b\nc"))
            .pair("u64", 10, RawGguf.int64(-1))
            .pair("i64", 11, RawGguf.int64(-1))
            .pair("f64", 12, RawGguf.int64(Double.doubleToLongBits(0.1)))
            .pair("template", "x".repeat(5000))
            .tensor("x", 0, List.of(), RawGguf.int32(Float.floatToIntBits(2)));
    TensorFile opened = open(file);

    assertThat(opened.metadata())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("u8", "200"),
                Map.entry("i8", "-56"),
                Map.entry("u16", "65535"),
                Map.entry("i16", "-1"),
                Map.entry("u32", "4294967295"),
                Map.entry("i32", "-1"),
                Map.entry("f32", "1.0E-6"),
                Map.entry("bool", "true"),
                Map.entry("general.architecture", "flux"),
                Map.entry("u64", "18446744073709551615"),
                Map.entry("i64", "-1"),
                Map.entry("f64", "0.1")));
    try (TensorFile.Reader reader = opened.reader()) {
      assertThat(reader.floats(opened.find("x").orElseThrow())).containsExactly(2);
    }
  }

  @Test
  void open_plainDtypes_areThoseOfTheFile() throws IOException {
    TensorFile file =
        open(
            new RawGguf()
                .tensor("f64", 28, List.of(1L), new byte[8])
                .tensor("i8", 24, List.of(3L), new byte[] {1, 2, 3})
                .tensor("i16", 25, List.of(1L), new byte[2])
                .tensor("i32", 26, List.of(1L), new byte[4])
                .tensor("i64", 27, List.of(1L), new byte[8])
                .tensor("f16", 1, List.of(2L, 1L), new byte[] {0, 0x3c, 0, 0x40})
                .tensor("none", RawGguf.Q4_K, List.of(0L, 256L), new byte[0]));
    assertThat(file.tensors().values().stream().map(TensorEntry::dtype))
        .containsExactly(
            DType.F64, DType.I8, DType.I16, DType.I32, DType.I64, DType.F16, DType.F32);
    TensorEntry half = file.find("f16").orElseThrow();
    assertThat(half.shape()).containsExactly(2L, 1L);
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(half)).containsExactly(1, 2);
      assertThat(reader.floats(file.find("i8").orElseThrow())).containsExactly(1, 2, 3);
      assertThat(reader.floats(file.find("none").orElseThrow())).isEmpty();
    }
  }

  @Test
  void open_dimensions_areReversed() throws IOException {
    TensorFile file = open(new RawGguf().tensor("x", 1, List.of(5L, 3L, 2L, 1L), new byte[60]));
    assertThat(file.find("x").orElseThrow().shape()).containsExactly(5L, 3L, 2L, 1L);
  }

  @Test
  void open_flattenedTensor_hasItsOriginalShape() throws IOException {
    byte[] row = new byte[144];
    ByteBuffer.wrap(row).put(1, (byte) 0x3c).put(4, (byte) 1).put(16, (byte) 7);
    ByteBuffer rows = ByteBuffer.allocate(3 * 144).put(row).put(row).put(row);
    TensorFile file =
        open(
            new RawGguf()
                .integers("comfy.gguf.orig_shape.x.weight", 4, 192)
                .tensor("x.weight", RawGguf.Q4_K, List.of(3L, 256L), rows.array()));
    TensorEntry entry = file.find("x.weight").orElseThrow();
    assertThat(entry.shape()).containsExactly(4L, 192L);
    try (TensorFile.Reader reader = file.reader()) {
      float[] floats = reader.floats(entry);
      assertThat(floats).hasSize(768);
      assertThat(floats[0]).isEqualTo(7);
      assertThat(floats[256]).isEqualTo(7);
      assertThat(floats[1]).isZero();
      assertThat(reader.floats(entry.rows(1, 1), 64, 1)).containsExactly(7);
    }
    assertThat(file.metadata()).isEmpty();
  }

  @Test
  void open_otherAlignment_findsTheData() throws IOException {
    TensorFile file =
        open(
            new RawGguf(256)
                .pair("general.alignment", 4, RawGguf.int32(256))
                .tensor("a", 24, List.of(1L), new byte[] {5})
                .tensor("b", 24, List.of(1L), new byte[] {6}));
    assertThat(file.dataStart() % 256).isZero();
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(file.find("a").orElseThrow())).containsExactly(5);
      assertThat(reader.floats(file.find("b").orElseThrow())).containsExactly(6);
    }
  }

  @Test
  void open_longVocabulary_isSkipped() throws IOException {
    String[] words = new String[200_000];
    for (int i = 0; i < words.length; i++) {
      words[i] = "token" + i;
    }
    TensorFile file =
        open(
            new RawGguf()
                .pair("tokenizer.ggml.tokens", 9, words(words))
                .tensor("x", 0, List.of(1L), new byte[4]));
    assertThat(file.metadata()).isEmpty();
    assertThat(file.tensors()).containsOnlyKeys("x");
  }

  @Test
  void open_dataWithoutPaddingAtTheEnd_isAccepted() throws IOException {
    byte[] bytes = new RawGguf().tensor("x", 24, List.of(3L), new byte[] {1, 2, 3}).bytes();
    Path path = folder.resolve("short.gguf");
    Files.write(path, Arrays.copyOf(bytes, bytes.length - 29));
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(file.find("x").orElseThrow())).containsExactly(1, 2, 3);
    }
  }

  private static byte[] words(String... words) {
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    array.writeBytes(RawGguf.int32(8));
    array.writeBytes(RawGguf.int64(words.length));
    for (String word : words) {
      array.writeBytes(RawGguf.text(word));
    }
    return array.toByteArray();
  }

  private TensorFile open(RawGguf file) throws IOException {
    return TensorFile.open(Files.write(folder.resolve("x.gguf"), file.bytes()));
  }
}
