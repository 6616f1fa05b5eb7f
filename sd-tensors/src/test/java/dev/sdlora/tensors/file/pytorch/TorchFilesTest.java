package dev.sdlora.tensors.file.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by {@code torch.save}. */
class TorchFilesTest {
  @TempDir Path folder;

  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(TorchFilesTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] floats(TensorFile file, String name) {
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(file.find(name).orElseThrow());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"saved.pt", "saved-legacy.bin", "saved-zip64.pt", "checkpoint.ckpt"})
  void open_everyLayout_givesTheSameTensors(String name) {
    TensorFile file = TensorFile.open(resource(name));

    assertThat(file.tensors().keySet())
        .containsExactly(
            "a.lora_down.weight", "a.lora_up.weight", "a.alpha", "slice", "turned", "row");
    assertThat(file.metadata()).isEmpty();
    assertThat(file.dataStart()).isZero();
    TensorEntry up = file.find("a.lora_up.weight").orElseThrow();
    assertThat(up.dtype()).isEqualTo(DType.F16);
    assertThat(up.shape()).containsExactly(5L, 2L);
    assertThat(floats(file, "a.lora_down.weight")).containsExactly(0, .25f, .5f, .75f, 1, 1.25f);
    assertThat(floats(file, "a.lora_up.weight")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(floats(file, "a.alpha")).containsExactly(2);
    assertThat(floats(file, "slice")).containsExactly(1, 2, 5, 6);
    assertThat(floats(file, "turned")).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assertThat(floats(file, "row")).containsExactly(9, 10, 11);
  }

  @Test
  void read_someRows_givesTheirNumbers() {
    TensorFile file = TensorFile.open(resource("saved.pt"));
    TensorEntry turned = file.find("turned").orElseThrow();
    TensorEntry up = file.find("a.lora_up.weight").orElseThrow();
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(turned.rows(1, 2))).containsExactly(1, 5, 9, 2, 6, 10);
      assertThat(reader.floats(up.rows(2, 3))).containsExactly(4, 5, 6, 7, 8, 9);
      assertThat(reader.floats(up.rows(5, 0))).isEmpty();
      TensorEntry beyond = new TensorEntry(up.name(), up.dtype(), List.of(2L), up.offset() + 18, 4);
      assertThatThrownBy(() -> reader.floats(beyond))
          .hasMessageContaining("does not belong to the file");
    }
    assertThatThrownBy(() -> up.rows(3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor 'a.lora_up.weight' of shape [5, 2] does not have 3 rows from row 3 on");
  }

  @Test
  void read_reshapedEntry_givesTheSameNumbers() {
    TensorFile file = TensorFile.open(resource("saved.pt"));
    TensorEntry turned = file.find("turned").orElseThrow();
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(turned.reshaped(List.of(2L, 6L)))).isEqualTo(reader.floats(turned));
      TensorEntry foreign = new TensorEntry("turned", DType.F32, List.of(12L), 0, 48);
      assertThatThrownBy(() -> reader.floats(foreign))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("does not belong to the file");
    }
  }

  @Test
  void reader_fileChanged_isRefused() throws IOException {
    Path copy = Files.copy(resource("saved.pt"), folder.resolve("copy.pt"));
    TensorFile file = TensorFile.open(copy);
    Files.write(copy, new byte[(int) file.fileSize()]);
    assertThatThrownBy(file::reader).hasMessageContaining("changed since it was opened");
  }

  /** Truncates the file to every length after the reader is open: only reads past the end fail. */
  @ParameterizedTest
  @ValueSource(strings = {"saved.pt", "saved-legacy.bin", "saved-zip64.pt", "checkpoint.ckpt"})
  void read_fileShortenedUnderWay_namesTheTensorOrIsWhole(String name) throws IOException {
    Path copy = Files.copy(resource(name), folder.resolve(name));
    TensorFile file = TensorFile.open(copy);
    Map<String, float[]> whole = new HashMap<>();
    file.tensors().keySet().forEach(tensor -> whole.put(tensor, floats(file, tensor)));
    int missed = 0;
    try (TensorFile.Reader reader = file.reader();
        FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      for (long size = file.fileSize() - 1; size >= 0; size--) {
        channel.truncate(size);
        for (TensorEntry entry : file.tensors().values()) {
          try {
            assertThat(reader.floats(entry)).isEqualTo(whole.get(entry.name()));
          } catch (TensorFileException e) {
            assertThat(e).hasMessageContaining("could not be read at tensor '" + entry.name());
            assertThat(e.tensor()).contains(entry.name());
            assertThat(e.file()).contains(copy);
            missed++;
          }
        }
      }
    }
    assertThat(missed).isGreaterThan((int) file.fileSize() / 2);
    assertThatThrownBy(file::reader).hasMessageContaining("its size is 0 bytes, before it was");
  }

  /** An open reader continues with the old file; a later one reports the change. */
  @ParameterizedTest
  @ValueSource(strings = {"saved.pt", "saved-legacy.bin"})
  void read_fileReplacedUnderWay_isOfTheOldOne(String name) throws IOException {
    Path copy = Files.copy(resource(name), folder.resolve(name));
    TensorFile file = TensorFile.open(copy);
    try (TensorFile.Reader reader = file.reader()) {
      Path other = Files.write(folder.resolve("other"), new byte[(int) file.fileSize()]);
      Files.move(other, copy, StandardCopyOption.ATOMIC_MOVE);
      assertThat(reader.floats(file.find("row").orElseThrow())).containsExactly(9, 10, 11);
    }
    assertThatThrownBy(file::reader).hasMessageContaining("changed since it was opened");
  }

  @Test
  void autoV3_file_isThatOfTheWholeFile() {
    Path path = resource("saved.pt");
    assertThat(FileHashes.autoV3(TensorFile.open(path)))
        .isEqualTo(FileHashes.sha256(path).substring(0, 12));
  }

  @Test
  void open_compressedArchive_saysWhatToDo() {
    assertThatThrownBy(() -> TensorFile.open(resource("packed.pt")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("compressed")
        .hasMessageContaining("archive/data/0");
  }

  @Test
  void open_otherPickle_saysSo() throws IOException {
    Path path = Files.write(folder.resolve("list.pt"), TorchArchives.pickle("]"));
    assertThatThrownBy(() -> TensorFile.open(path)).hasMessageContaining("not one that torch.save");
  }
}
