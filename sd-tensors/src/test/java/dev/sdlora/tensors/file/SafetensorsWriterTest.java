package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsWriterTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void writeEarlierFile() throws IOException {
    path = Files.writeString(folder.resolve("out.safetensors"), "earlier");
  }

  @Test
  void write_mixedFormats_bytesAreAsSpecified() throws IOException {
    new SafetensorsWriter()
        .metadata("k", "old")
        .metadata("k", "v")
        .tensor("h", List.of(), new float[] {1}, DType.F16)
        .tensor("f", List.of(1L), new float[] {1}, DType.F32)
        .write(path);

    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"h\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[4,6]}}";
    String padded = header + " ".repeat(7 - (header.length() + 7) % 8);
    byte[] bytes = Files.readAllBytes(path);
    assertThat(bytes).startsWith(padded.length(), 0, 0, 0, 0, 0, 0, 0);
    assertThat(new String(bytes, 8, padded.length(), StandardCharsets.UTF_8)).isEqualTo(padded);
    assertThat(bytes).hasSize(8 + padded.length() + 6).endsWith(0, 0, 0x80, 0x3f, 0, 0x3c);
  }

  @Test
  void write_nothingAdded_isAValidFile() {
    new SafetensorsWriter().write(path);

    TensorFile file = TensorFile.open(path);
    assertThat(file.tensors()).isEmpty();
    assertThat(file.metadata()).isEmpty();
  }

  @Test
  void write_sourceFails_keepsEarlierFileAndLeavesNoOther() throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .tensor(
                "x",
                DType.U8,
                List.of(4L),
                channel -> {
                  channel.write(ByteBuffer.allocate(2));
                  throw new IOException("No space left on device");
                });

    assertThatThrownBy(() -> writer.write(path))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("'" + path + "' could not be written")
        .hasMessageContaining("No space left on device");
    assertOnlyEarlierFile();
  }

  @Test
  void write_sourceWritesWrongLength_isRefused() throws IOException {
    assertThatThrownBy(() -> writerOf(3).write(path))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("source of tensor 'x' must write 4 bytes: 3");
    assertThatThrownBy(() -> writerOf(5).write(path))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("source of tensor 'x' must write 4 bytes: at least 5");
    assertOnlyEarlierFile();
  }

  @Test
  void write_folderMissing_saysWhere() {
    Path lost = folder.resolve("lost").resolve("out.safetensors");

    assertThatThrownBy(() -> writerOf(4).write(lost))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("'" + lost + "' could not be written: no such file or folder");
    assertThat(lost.getParent()).doesNotExist();
  }

  @Test
  void write_folderVanishesMeanwhile_failsCleanly() throws IOException {
    Path vanishing = Files.createDirectory(folder.resolve("vanishing"));
    AtomicReference<Path> partial = new AtomicReference<>();
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .tensor(
                "x",
                DType.U8,
                List.of(4L),
                channel -> {
                  channel.write(ByteBuffer.allocate(4));
                  try (var files = Files.list(vanishing)) {
                    partial.set(files.findFirst().orElseThrow());
                  }
                  Files.delete(partial.get());
                  Files.delete(vanishing);
                });

    assertThatThrownBy(() -> writer.write(vanishing.resolve("out.safetensors")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("could not be written");
    assertThat(partial.get()).doesNotExist();
  }

  @Test
  void write_ontoFolder_isRefused() {
    assertThatThrownBy(() -> writerOf(4).write(folder))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(folder + "' cannot be written because it is a folder");
  }

  @Test
  void setters_badValues_areRefusedAtOnce() {
    SafetensorsWriter writer = writerOf(4);
    float[] two = {1, 2};

    assertThatThrownBy(() -> writer.tensor("x", List.of(2L), two, DType.F32))
        .hasMessage("tensor was already added: x");
    assertThatThrownBy(() -> writer.tensor("__metadata__", List.of(2L), two, DType.F32))
        .hasMessage("tensor name is reserved: __metadata__");
    assertThatThrownBy(() -> writer.tensor("y", List.of(3L), two, DType.F32))
        .hasMessage("tensor 'y' has shape [3] but 2 values");
    assertThatThrownBy(() -> writer.tensor("y", List.of(2L), two, DType.I32))
        .hasMessage("dtype must be F32, F16 or BF16: I32");
    assertThatThrownBy(() -> writer.tensor("y", List.of(-1L, -2L), two, DType.F32))
        .hasMessage("shape [-1, -2] has a negative size");
    assertThatThrownBy(() -> writer.metadata("k", "\ud800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("metadata value has an unpaired surrogate");
  }

  private static SafetensorsWriter writerOf(int bytes) {
    return new SafetensorsWriter()
        .tensor("x", DType.U8, List.of(4L), channel -> channel.write(ByteBuffer.allocate(bytes)));
  }

  private void assertOnlyEarlierFile() throws IOException {
    assertThat(folder).isDirectoryNotContaining(file -> !file.equals(path));
    assertThat(Files.readString(path)).isEqualTo("earlier");
  }
}
