package dev.sdlora.tensors.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.RawFiles;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.BlockType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

final class GgufCorruptionTest {
  private static final byte[] GOOD =
      new RawGguf()
          .pair("general.architecture", "flux")
          .pair("general.alignment", 4, RawGguf.int32(32))
          .integers("comfy.gguf.orig_shape.x", 4, 128)
          .tensor("x", RawGguf.Q4_K, List.of(2L, 256L), new byte[288])
          .tensor("y", RawGguf.Q8_0, List.of(3L, 32L), new byte[102])
          .tensor("z", 0, List.of(3L), new byte[12])
          .bytes();

  @Property(tries = 1000)
  void open_changedBytes_opensOrThrowsTensorFileException(@ForAll("edits") List<Edit> edits)
      throws IOException {
    byte[] bytes = GOOD.clone();
    for (Edit edit : edits) {
      bytes[edit.at() % bytes.length] = (byte) edit.value();
    }
    openAndReadAll(bytes);
  }

  @Property(tries = 200)
  void open_cutAnywhere_throwsTensorFileException(@ForAll @IntRange(max = 2000) int length)
      throws IOException {
    // The padding after the last tensor may be missing.
    int least = GOOD.length - 20;
    assertThat(openAndReadAll(Arrays.copyOf(GOOD, length % least))).isFalse();
  }

  @Property(tries = 200)
  void floats_randomBlocks_doNotDependOnWhereAReadBegins(
      @ForAll BlockType format, @ForAll @IntRange(max = 2047) int first, @ForAll long seed)
      throws IOException {
    byte[] blocks = new byte[2048 / format.elements() * format.bytes()];
    new Random(seed).nextBytes(blocks);
    int number =
        IntStream.range(0, 40)
            .filter(each -> BlockType.numbered(each).filter(format::equals).isPresent())
            .findFirst()
            .orElseThrow();
    Path path = RawFiles.temporary();
    try {
      Files.write(path, new RawGguf().tensor("x", number, List.of(8L, 256L), blocks).bytes());
      TensorFile file = TensorFile.open(path);
      TensorEntry entry = file.find("x").orElseThrow();
      try (TensorFile.Reader reader = file.reader()) {
        float[] whole = reader.floats(entry);
        assertThat(reader.floats(entry, first, 2048 - first))
            .containsExactly(Arrays.copyOfRange(whole, first, 2048));
        float[] direct = new float[2048];
        format.decode(blocks, 2048 / format.elements(), direct);
        assertThat(whole).containsExactly(direct);
      }
    } finally {
      Files.delete(path);
    }
  }

  record Edit(int at, int value) {}

  @Provide
  Arbitrary<List<Edit>> edits() {
    return Combinators.combine(
            Arbitraries.integers().between(0, GOOD.length - 1),
            Arbitraries.integers().between(0, 255))
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  /** Whether the file could be opened; undocumented exceptions propagate. */
  private static boolean openAndReadAll(byte[] bytes) throws IOException {
    Path path = RawFiles.temporary();
    try {
      Files.write(path, bytes);
      TensorFile file = TensorFile.open(path);
      try (TensorFile.Reader reader = file.reader()) {
        file.tensors().values().forEach(reader::floats);
      }
      return true;
    } catch (TensorFileException e) {
      assertThat(e).hasMessageContaining(path.toString());
      return false;
    } finally {
      Files.delete(path);
    }
  }
}
