package dev.sdlora.tensors.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HashIndexTest {
  @TempDir Path folder;

  private final HashIndex index = new HashIndex(new HashList(Optional.empty()));

  private Path file(String name, float value) {
    return file(name, value, "");
  }

  private Path file(String name, float value, String recorded) {
    Path path = folder.resolve(name);
    new SafetensorsWriter()
        .metadata("sshs_model_hash", recorded)
        .tensor("x", List.of(), new float[] {value}, DType.F32)
        .write(path);
    return path;
  }

  @Test
  void find_hashOfAnyKind_isTheFile() throws IOException {
    List<Path> files = List.of(file("a.safetensors", 1), file("b.safetensors", 2));
    Path b = files.get(1);
    FileHashes.Whole hashes = FileHashes.whole(b);

    String data = hashes.data().orElseThrow();

    assertThat(hashes.sha256()).isEqualTo(FileHashes.sha256(b)).isNotEqualTo(data);
    for (String hash :
        List.of(
            hashes.sha256(),
            hashes.sha256().substring(0, 10),
            hashes.sha256().substring(0, 12).toUpperCase(Locale.ROOT),
            data.substring(0, 12),
            "0x" + data)) {
      assertThat(index.find(hash, files)).contains(b);
    }
    Path large = Files.write(folder.resolve("large.ckpt"), new byte[0x100000 + 0x20000]);
    assertThat(index.find("de2f2560", List.of(b, large))).contains(large);
    assertThat(FileHashes.whole(large).data()).contains(FileHashes.sha256(large));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none", "0123456", "not-a-hash", "0123456789ab", "0123456789"})
  void find_whatIsNoHashHere_isNothing(String hash) {
    assertThat(index.find(hash, List.of(file("a.safetensors", 1)))).isEmpty();
  }

  @Test
  void find_hashOfTheTrainer_needsNoReading() {
    Path recorded = file("a.safetensors", 1, "ABCDEF0123456789");

    assertThat(index.find("abcdef012345", List.of(file("b.safetensors", 2), recorded)))
        .contains(recorded);
  }

  @Test
  void find_damagedAndMissingFiles_arePassedOver() throws IOException {
    Path damaged = Files.write(folder.resolve("bad.safetensors"), new byte[] {-1, -1, -1});
    Path missing = folder.resolve("gone.safetensors");
    Path good = file("good.safetensors", 1);
    String hash = FileHashes.autoV2(good);

    assertThat(index.find(hash, List.of(damaged, missing, folder, good))).contains(good);
    assertThat(index.matches(hash, missing)).isFalse();
    assertThat(index.matches("e3b0c442", missing)).isFalse();
  }

  @Test
  void find_fileThatChanged_isReadAgain() throws IOException {
    Path path = file("a.safetensors", 1);
    String before = FileHashes.autoV2(path);
    assertThat(index.matches(before, path)).isTrue();

    file("a.safetensors", 2);
    Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));

    assertThat(index.matches(before, path)).isFalse();
    assertThat(index.matches(FileHashes.autoV2(path), path)).isTrue();
  }

  /** The file is changed undetectably, so only the stored hash can be the old one. */
  @Test
  void find_anotherProcess_knowsWhatWasRead() throws IOException {
    Path kept = folder.resolve("cache/deep/hashes");
    Path large = Files.write(folder.resolve("large one.bin"), new byte[1 << 20]);
    Path small = Files.write(folder.resolve("small.bin"), new byte[10]);
    FileTime stamp = Files.getLastModifiedTime(large);
    String hash = FileHashes.autoV2(large);
    String smallHash = FileHashes.autoV2(small);
    HashIndex first = new HashIndex(new HashList(Optional.of(kept)));
    assertThat(first.find(hash, List.of(small, large))).contains(large);
    byte[] other = new byte[1 << 20];
    other[0] = 1;
    Files.write(large, other);
    Files.setLastModifiedTime(large, stamp);

    assertThat(new HashIndex(new HashList(Optional.of(kept))).matches(hash, large)).isTrue();
    assertThat(Files.readString(kept)).contains(large.toString()).doesNotContain(smallHash);
    Files.writeString(kept, "damaged\n\0\n" + "0".repeat(64) + " x\n");
    assertThat(new HashIndex(new HashList(Optional.of(kept))).matches(hash, large)).isFalse();
  }

  /** The file is changed undetectably here too. */
  @Test
  void sha256_ofALargeFile_isReadOnce() throws IOException {
    Path kept = folder.resolve("hashes");
    Path large = Files.write(folder.resolve("large.safetensors"), new byte[1 << 20]);
    FileTime stamp = Files.getLastModifiedTime(large);
    String hash = FileHashes.sha256(large);
    assertThat(new HashIndex(new HashList(Optional.of(kept))).sha256(large)).isEqualTo(hash);
    byte[] other = new byte[1 << 20];
    other[0] = 1;
    Files.write(large, other);
    Files.setLastModifiedTime(large, stamp);

    HashIndex later = new HashIndex(new HashList(Optional.of(kept)));
    assertThat(later.sha256(large)).isEqualTo(hash);
    assertThat(later.autoV2(large)).isEqualTo(hash.substring(0, 10));
    // The hash of the data was not needed before, so the file is read for it now.
    assertThat(later.matches(FileHashes.whole(large).data().orElseThrow(), large)).isTrue();
    assertThat(new HashIndex(new HashList(Optional.of(kept))).sha256(large))
        .isEqualTo(FileHashes.sha256(large));
    Files.setLastModifiedTime(large, FileTime.fromMillis(1_000_000_000_000L));
    assertThat(index.sha256(large)).isEqualTo(FileHashes.sha256(large));
  }

  @Test
  void sha256_missingFile_isAnError() {
    assertThatThrownBy(() -> index.sha256(folder.resolve("gone.safetensors")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("gone.safetensors");
  }

  @Test
  void find_listThatCannotBeWritten_worksWithout() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "");
    Path large = Files.write(folder.resolve("large.bin"), new byte[1 << 20]);
    HashIndex without = new HashIndex(new HashList(Optional.of(blocked.resolve("hashes"))));

    assertThat(without.find(FileHashes.autoV2(large), List.of(large))).contains(large);
    assertThat(without.sha256(large)).isEqualTo(FileHashes.sha256(large));
    assertThat(blocked).isEmptyFile();
  }
}
