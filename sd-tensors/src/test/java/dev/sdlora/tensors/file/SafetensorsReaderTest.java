package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsReaderTest {
  private static final String HEADER =
      "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"later\":[{\"x\":1}]}}";

  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void writeFile() throws IOException {
    path = Files.write(folder.resolve("a.safetensors"), RawFiles.safetensors(HEADER, 4));
  }

  @Test
  void open_unknownKeyInEntry_isIgnored() {
    TensorFile file = TensorFile.open(path);

    TensorEntry expected = new TensorEntry("a", DType.U8, List.of(4L), file.dataStart(), 4);
    assertThat(file.find("a")).contains(expected);
    assertThat(file.find("b")).isEmpty();
    assertThat(file.fileSize()).isEqualTo(file.dataStart() + 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {640, 1408})
  void open_headerLengthLooksLikePickle_opens(int length) throws IOException {
    Files.write(path, RawFiles.safetensors(HEADER + " ".repeat(length - HEADER.length()), 4));

    assertThat(TensorFile.open(path).tensors()).containsOnlyKeys("a");
  }

  @Test
  void tensors_namesOutOfOrder_areInOrderOfData() throws IOException {
    String header =
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"empty\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,1]}}";
    Files.write(path, RawFiles.safetensors(header, 2));

    assertThat(TensorFile.open(path).tensors().keySet()).containsExactly("a", "empty", "b");
  }

  @ParameterizedTest
  @CsvSource({
    "F64, 000000000000f83f, 1.5",
    "F64, 182d4454fb210940, 3.1415927",
    "F32, 0000c0ff, NaN",
    "F32, 01000000, 1.4E-45",
    "F16, 0100, 5.9604645E-8",
    "F16, 00fc, -Infinity",
    "BF16, c0bf, -1.5",
    "I64, feffffffffffffff, -2",
    "I64, 0100000100000000, 16777216",
    "I32, ffffff7f, 2147483647",
    "I16, 0080, -32768",
    "I8, 80, -128",
    "U8, ff, 255",
    "BOOL, 02, 1",
    "BOOL, 00, 0",
  })
  void floats_eachDType_isTheNearestFloat(DType dtype, String bytes, float expected) {
    byte[] content = HexFormat.of().parseHex(bytes);
    new SafetensorsWriter()
        .tensor("x", dtype, List.of(), channel -> channel.write(ByteBuffer.wrap(content)))
        .write(path);
    TensorFile file = TensorFile.open(path);

    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(file.find("x").orElseThrow())).containsExactly(expected);
    }
  }

  @Test
  void floats_longerThanSeveralChunks_areAllThere() {
    float[] values = new float[Channels.CHUNK_BYTES + 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    new SafetensorsWriter()
        .tensor("x", List.of((long) values.length), values, DType.F32)
        .tensor("half", List.of(2L), new float[] {1, 1e9f}, DType.F16)
        .write(path);
    TensorFile file = TensorFile.open(path);

    try (TensorFile.Reader reader = file.reader()) {
      TensorEntry entry = file.find("x").orElseThrow();
      assertThat(reader.floats(entry)).isEqualTo(values);
      float[] fromBytes = new float[values.length];
      reader.bytes(entry).asFloatBuffer().get(fromBytes);
      assertThat(fromBytes).isEqualTo(values);
      assertThat(reader.floats(file.find("half").orElseThrow()))
          .containsExactly(1, Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void read_directBuffer_fillsFromItsPositionOnly() {
    TensorFile file = TensorFile.open(path);
    ByteBuffer target = ByteBuffer.allocateDirect(8).position(2);

    try (TensorFile.Reader reader = file.reader()) {
      reader.read(file.find("a").orElseThrow(), target);
    }

    assertThat(target.position()).isEqualTo(6);
    assertThat(target.limit()).isEqualTo(8);
    assertThat(target.order(ByteOrder.BIG_ENDIAN).getLong(0)).isEqualTo(0x0000_0001_0203_0000L);
  }

  @Test
  void read_wrongArguments_areRefused() {
    TensorFile file = TensorFile.open(path);
    TensorEntry entry = file.find("a").orElseThrow();
    TensorEntry foreign = new TensorEntry("a", DType.U8, List.of(4L), 0, 4);
    TensorFile.Reader reader = file.reader();

    assertThatThrownBy(() -> reader.read(entry, ByteBuffer.allocate(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor 'a' needs 4 bytes, but the buffer has room for 3");
    assertThatThrownBy(() -> reader.bytes(foreign)).isInstanceOf(IllegalArgumentException.class);
    reader.close();
    reader.close();
    assertThatThrownBy(() -> reader.floats(entry)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void bytes_twoGigabytesOrMore_areRefusedWithTheLimit() throws IOException {
    long size = 1L << 31;
    String header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[0,%s]}}".formatted(size, size);
    Files.write(path, RawFiles.safetensors(header, 0));
    // Only the last byte is written: the file is sparse.
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), channel.size() + size - 1);
    }
    TensorFile file = TensorFile.open(path);
    TensorEntry entry = file.find("a").orElseThrow();

    try (TensorFile.Reader reader = file.reader()) {
      assertThatThrownBy(() -> reader.bytes(entry))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("tensor 'a' with 2147483648 bytes, more than the 2147483639");
      assertThatThrownBy(() -> reader.floats(entry)).isInstanceOf(TensorFileException.class);
    }
  }

  @Test
  void read_fileCutWhileReading_saysWhere() throws IOException {
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader();
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(file.fileSize() - 1);

      assertThatThrownBy(() -> reader.bytes(file.find("a").orElseThrow()))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("a.safetensors' could not be read at tensor 'a'")
          .hasMessageContaining("the file ends at byte " + (file.fileSize() - 1));
    }
  }

  @Test
  void reader_fileGrew_isRefused() throws IOException {
    TensorFile file = TensorFile.open(path);
    Files.write(path, new byte[1], StandardOpenOption.APPEND);

    assertChanged(
        file,
        "its size is %s bytes, before it was %s".formatted(file.fileSize() + 1, file.fileSize()));
  }

  @Test
  void reader_fileWrittenAgain_isRefused() throws IOException {
    TensorFile file = TensorFile.open(path);
    Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));

    assertChanged(file, "its modification time is 2001-09-09T01:46:40Z");
  }

  @Test
  void reader_replacedWithSameSizeAndTime_isRefusedByItsHeader() throws IOException {
    TensorFile file = TensorFile.open(path);
    FileTime time = Files.getLastModifiedTime(path);
    Files.write(path, RawFiles.safetensors(HEADER.replace("\"a\"", "\"b\""), 4));
    Files.setLastModifiedTime(path, time);

    assertChanged(file, "its header has changed");
  }

  @Test
  void reader_fileGone_isRefused() throws IOException {
    TensorFile file = TensorFile.open(path);
    Files.delete(path);

    assertChanged(file, "it no longer exists");
  }

  private void assertChanged(TensorFile file, String how) {
    assertThatThrownBy(file::reader)
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("'" + path + "' changed since it was opened (" + how)
        .hasMessageContaining("the original weights cannot be read again");
  }
}
