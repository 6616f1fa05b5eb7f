package dev.sdlora.tensors.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.GgufWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.Channels;
import dev.sdlora.tensors.io.JoinedChannel;
import dev.sdlora.testkit.SplitGguf;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of GGUF files in several parts. */
final class SplitGgufTest {
  @TempDir private Path folder;

  /** A file of ComfyUI-GGUF with flattened tensors, whose shapes only the first part has. */
  private static Path whole() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(SplitGgufTest.class.getResource("sdxl-part-Q4_K_S.gguf")).toURI());
  }

  private static Map<String, String> contents(TensorFile file) {
    Map<String, String> contents = new LinkedHashMap<>();
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        String stored =
            file.stored(entry)
                .map(
                    bytes -> {
                      ByteBuffer blocks =
                          ByteBuffer.allocate((int) bytes.blocks() * bytes.blockBytes());
                      reader.blocks(bytes, 0, blocks);
                      return Integer.toString(Arrays.hashCode(blocks.array()));
                    })
                .orElse("");
        contents.put(
            entry.name(),
            "%s %s %s %s"
                .formatted(
                    file.storage(entry),
                    entry.shape(),
                    Arrays.hashCode(reader.floats(entry)),
                    stored));
      }
    }
    return contents;
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "3, true", "7, false", "12, true"})
  void open_anyPart_isTheWholeFile(int count, boolean empty) throws Exception {
    TensorFile whole = TensorFile.open(whole());
    List<Path> parts = SplitGguf.split(whole(), folder.resolve("m"), count, empty);
    for (Path part : parts) {
      TensorFile file = TensorFile.open(part);
      assertThat(file.path()).isEqualTo(part);
      assertThat(file.parts()).isEqualTo(parts);
      assertThat(file.isGguf()).isTrue();
      assertThat(List.copyOf(file.tensors().keySet()))
          .isEqualTo(List.copyOf(whole.tensors().keySet()));
      assertThat(contents(file)).isEqualTo(contents(whole));
      if (count > 1) {
        assertThat(file.metadata()).isEqualTo(whole.metadata());
      }
    }
  }

  @Test
  void metadataOf_parts_isThatOfTheModel() throws Exception {
    Path part = SplitGguf.split(whole(), folder.resolve("m"), 3, false).get(2);
    Path copy = folder.resolve("copy.gguf");
    new GgufWriter().metadataOf(TensorFile.open(part)).write(copy);
    assertThat(TensorFile.open(copy).metadata()).isEqualTo(TensorFile.open(whole()).metadata());
  }

  @Test
  void reader_afterAPartChanged_isRefused() throws Exception {
    List<Path> parts = SplitGguf.split(whole(), folder.resolve("m"), 3, false);
    TensorFile file = TensorFile.open(parts.get(0));
    assertThat(file.isCurrent()).isTrue();
    Files.setLastModifiedTime(parts.get(1), FileTime.fromMillis(0));
    assertThat(file.isCurrent()).isFalse();
    assertThatThrownBy(file::reader)
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith("tensor file '" + parts.get(1) + "' changed since it was opened");
    Files.delete(parts.get(2));
    assertThatThrownBy(() -> TensorFile.open(parts.get(1)))
        .isInstanceOf(TensorFileException.class)
        .hasMessage(
            "tensor file '%s' is one of 3 parts, and part 3, '%s', is missing; all parts must be"
                + " in one folder",
            parts.get(1), parts.get(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m-00001-of-00002.gguf", "m.gguf", "-00002-of-00003.gguf"})
  void open_renamedPart_saysTheNameItNeeds(String name) throws Exception {
    Path part = SplitGguf.split(whole(), folder.resolve("m"), 3, false).get(0);
    Path renamed = Files.move(part, folder.resolve(name));
    assertThatThrownBy(() -> TensorFile.open(renamed))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(
            "is part 1 of 3 of a split GGUF file, but its name does not end in"
                + " '-00001-of-00003.gguf'");
  }

  @Test
  void open_namesInCapitals_findTheOthers() throws Exception {
    for (Path part : SplitGguf.split(whole(), folder.resolve("m"), 2, false)) {
      String name = part.getFileName().toString().replace(".gguf", ".GGUF");
      Files.move(part, part.resolveSibling(name));
    }
    assertThat(TensorFile.open(folder.resolve("m-00002-of-00002.GGUF")).parts()).hasSize(2);
  }

  private RawGguf part(int number, int count, int tensors) {
    return new RawGguf()
        .pair("split.no", 2, new byte[] {(byte) number, 0})
        .pair("split.count", 2, new byte[] {(byte) count, 0})
        .pair("split.tensors.count", 5, RawGguf.int32(tensors));
  }

  private Path write(String name, RawGguf part) throws IOException {
    return Files.write(folder.resolve(name), part.bytes());
  }

  private void assertRefused(Path part, String reason) {
    assertThatThrownBy(() -> TensorFile.open(part))
        .isInstanceOf(TensorFileException.class)
        .hasMessageStartingWith("tensor file '" + folder)
        .hasMessageContaining(reason);
  }

  private static RawGguf with(RawGguf part, String tensor) {
    return part.tensor(tensor, 0, List.of(1L), new byte[4]);
  }

  @Test
  void open_partsOfTwoModels_areRefused() throws IOException {
    Path first = write("m-00001-of-00002.gguf", with(part(0, 2, 2), "a"));
    Path second = write("m-00002-of-00002.gguf", with(part(1, 2, 2), "b"));
    assertThat(TensorFile.open(first).tensors()).containsOnlyKeys("a", "b");
    write("m-00002-of-00002.gguf", with(part(0, 2, 2), "b"));
    assertRefused(first, "is part 2 of 2 by its name, but its header says part 1 of 2");
    assertRefused(second, "is part 1 of 2 of a split GGUF file, but its name does not end in");
    write("m-00002-of-00002.gguf", with(part(1, 3, 2), "b"));
    assertRefused(first, "but its header says part 2 of 3; the parts are probably of two models");
    write("m-00002-of-00002.gguf", with(part(1, 2, 2), "a"));
    assertRefused(first, "has tensor 'a', which another part has as well");
    write("m-00002-of-00002.gguf", with(with(part(1, 2, 2), "b"), "c"));
    assertRefused(first, "says that its parts have 2 tensors in all, but they have 3");
    write("m-00002-of-00002.gguf", with(new RawGguf(), "b"));
    assertRefused(first, "but its header says part 0 of 1");
    Files.writeString(second, "{\"x\": []}");
    assertRefused(first, "is not a GGUF file, expected part 2 of 2");
    Files.delete(second);
    Files.createDirectory(second);
    assertRefused(first, "part 2, '" + second + "', is missing");
  }

  @Test
  void open_hostileHeaders_areRefused() throws IOException {
    assertRefused(write("a.gguf", part(3, 3, 0)), "says that it is part 3 of 3, counted from 0");
    RawGguf many =
        new RawGguf().pair("split.no", 4, RawGguf.int32(0)).pair("split.count", 4, int32(1 << 20));
    assertRefused(write("b-00001-of-1048576.gguf", many), "expected at most 1000 parts");
    RawGguf negative = new RawGguf().pair("split.count", 5, int32(-3));
    assertRefused(write("c.gguf", negative), "metadata 'split.count' is '-3', expected a number");
    RawGguf text = new RawGguf().pair("split.count", "two");
    assertRefused(write("d.gguf", text), "metadata 'split.count' is 'two', expected a number");
    RawGguf unnumbered = new RawGguf().pair("split.count", 4, int32(2));
    assertRefused(write("e-00001-of-00002.gguf", unnumbered), "says that it is part -1 of 2");
    write("f-00001-of-00002.gguf", with(part(0, 2, 2), "a"));
    Path cut = write("f-00002-of-00002.gguf", with(part(1, 2, 2), "b"));
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), (int) Files.size(cut) - 30));
    assertRefused(folder.resolve("f-00001-of-00002.gguf"), "it was probably cut off");
  }

  private static byte[] int32(int value) {
    return RawGguf.int32(value);
  }

  @Test
  void open_mergedAgain_isOneFile() throws IOException {
    // gguf-split --merge leaves the keys, with 0 parts.
    assertThat(TensorFile.open(write("m.gguf", with(part(0, 0, 1), "a"))).parts()).hasSize(1);
  }

  @Test
  void headers_ofAllParts_haveOneLimit() throws IOException {
    for (int i = 0; i < 3; i++) {
      RawGguf part = part(i, 3, 0).pair("long", "x".repeat(24 << 20));
      write("m-0000%s-of-00003.gguf".formatted(i + 1), part);
    }
    assertRefused(folder.resolve("m-00001-of-00003.gguf"), "has a header of more than ");
  }

  @Test
  void joinedChannel_readsAcrossFiles() throws IOException {
    Path one = Files.write(folder.resolve("1"), new byte[] {0, 1, 2});
    Path none = Files.write(folder.resolve("2"), new byte[0]);
    Path two = Files.write(folder.resolve("3"), new byte[] {3, 4});
    FileChannel joined =
        new JoinedChannel(
            List.of(FileChannel.open(one), FileChannel.open(none), FileChannel.open(two)));
    try (joined) {
      assertThat(joined.size()).isEqualTo(5);
      ByteBuffer some = ByteBuffer.allocate(3).order(ByteOrder.LITTLE_ENDIAN);
      Channels.readFully(joined, some, 1);
      assertThat(some.array()).containsExactly(1, 2, 3);
      ByteBuffer all = ByteBuffer.allocate(9);
      joined.position(0);
      while (joined.read(all) >= 0) {
        assertThat(all.position()).isEqualTo((int) joined.position());
      }
      assertThat(all.position()).isEqualTo(5);
      assertThat(joined.read(ByteBuffer.allocate(1), 5)).isEqualTo(-1);
    }
    assertThat(joined.isOpen()).isFalse();
    assertThatThrownBy(() -> joined.read(ByteBuffer.allocate(1), 0))
        .isInstanceOf(IOException.class);
  }
}
