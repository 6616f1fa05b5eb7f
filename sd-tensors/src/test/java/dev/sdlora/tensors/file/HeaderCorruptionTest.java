package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.error.TensorFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class HeaderCorruptionTest {
  private static final String HEADER =
      """
      {"__metadata__":{"format":"pt","k":"v"},
      "a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},
      "b":{"dtype":"I64","shape":[],"data_offsets":[12,20]}}""";

  @Property(tries = 1000)
  void open_randomBytesInHeader_opensOrThrowsTensorFileException(
      @ForAll("byteEdits") List<Edit> edits) throws IOException {
    byte[] bytes = RawFiles.safetensors(HEADER, 20);
    for (Edit edit : edits) {
      bytes[edit.at() % bytes.length] = (byte) edit.text().charAt(0);
    }
    openAndReadAll(bytes);
  }

  @Property(tries = 1000)
  void open_splicedJsonInHeader_opensOrThrowsTensorFileException(
      @ForAll("splices") List<Edit> edits) throws IOException {
    String header = HEADER;
    for (Edit edit : edits) {
      int from = edit.at() % (header.length() + 1);
      int to = Math.min(header.length(), from + edit.length());
      header = header.substring(0, from) + edit.text() + header.substring(to);
    }
    openAndReadAll(RawFiles.safetensors(header, 20));
  }

  @Property(tries = 200)
  void open_cutAnywhere_throwsTensorFileException(@ForAll("positions") int length)
      throws IOException {
    byte[] bytes = RawFiles.safetensors(HEADER, 20);
    assertThat(openAndReadAll(Arrays.copyOf(bytes, length % bytes.length))).isFalse();
  }

  record Edit(int at, int length, String text) {}

  @Provide
  Arbitrary<Integer> positions() {
    return Arbitraries.integers().between(0, 1000);
  }

  @Provide
  Arbitrary<List<Edit>> byteEdits() {
    Arbitrary<Integer> values = Arbitraries.integers().between(0, 255);
    return Combinators.combine(positions(), values)
        .as((at, value) -> new Edit(at, 1, Character.toString(value)))
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<Edit>> splices() {
    Arbitrary<String> fragments =
        Arbitraries.of(
            "",
            "-1",
            "1e9",
            "0.5",
            "null",
            "true",
            "[",
            "]",
            "{",
            "}",
            "\"",
            ",",
            "[]",
            "{}",
            "9223372036854775807",
            "99999999999999999999",
            "\"\\ud800\"",
            "\\",
            "\u0000",
            "\"a\":{},",
            "\"dtype\":\"F32\",",
            "[".repeat(2000),
            "NaN",
            "//",
            "0");
    return Combinators.combine(positions(), Arbitraries.integers().between(0, 12), fragments)
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(3);
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
