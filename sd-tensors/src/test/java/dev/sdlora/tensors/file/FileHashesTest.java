package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileHashesTest {
  /** From {@code printf '\0\0\200\77' | sha256sum}: the bytes of the float 1. */
  private static final String DATA_HASH = "e00e5eb94441";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "ABCDEF0123456789, abcdef012345",
    "abcdef01234, " + DATA_HASH,
    "not-a-hash-at-all, " + DATA_HASH,
    "'', " + DATA_HASH,
  })
  void autoV3_recordedHash_isUsedIfPlausible(String recorded, String expected) {
    Path path = folder.resolve("lora.safetensors");
    new SafetensorsWriter()
        .metadata("sshs_model_hash", recorded)
        .tensor("x", List.of(), new float[] {1}, DType.F32)
        .write(path);

    assertThat(FileHashes.autoV3(TensorFile.open(path))).isEqualTo(expected);
  }

  @Test
  void autoV2_missingFile_saysWhich() {
    assertThatThrownBy(() -> FileHashes.autoV2(folder.resolve("gone.safetensors")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("gone.safetensors' cannot be hashed");
  }

  /**
   * The expected values come from {@code sha256sum}; the old one of {@code dd bs=64K skip=16
   * count=1}.
   */
  @Test
  void legacy_fileOfZeros_hashesThe64KilobytesAfterTheFirstMegabyte() throws IOException {
    Path path = folder.resolve("zeros.safetensors");
    Files.write(path, new byte[0x100000 + 0x20000]);

    assertThat(FileHashes.legacy(path)).isEqualTo("de2f2560");
    assertThat(FileHashes.sha256(path)).startsWith("a76c77fe20").hasSize(64);
  }

  @Test
  void legacy_smallFile_hashesNothing() throws IOException {
    Path path = folder.resolve("small.safetensors");
    Files.write(path, new byte[] {1, 2, 3});

    assertThat(FileHashes.legacy(path)).isEqualTo("e3b0c442");
  }
}
