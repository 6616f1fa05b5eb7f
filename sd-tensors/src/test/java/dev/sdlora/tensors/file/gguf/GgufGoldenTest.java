package dev.sdlora.tensors.file.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks that ggml wrote, and the values that it reads from them. */
final class GgufGoldenTest {
  private static final int ROWS = 12;
  private static final int COLUMNS = 256;

  @TempDir private Path folder;
  private TensorFile golden;

  @BeforeEach
  void open() throws URISyntaxException {
    golden = resource("blocks.safetensors");
  }

  private static TensorFile resource(String name) throws URISyntaxException {
    URL url = Objects.requireNonNull(GgufGoldenTest.class.getResource(name));
    return TensorFile.open(Path.of(url.toURI()));
  }

  @ParameterizedTest
  @CsvSource({
    "F16,1",
    "BF16,30",
    "Q4_0,2",
    "Q4_1,3",
    "Q5_0,6",
    "Q5_1,7",
    "Q8_0,8",
    "Q2_K,10",
    "Q3_K,11",
    "Q4_K,12",
    "Q5_K,13",
    "Q6_K,14",
    "IQ4_NL,20",
    "IQ4_XS,23"
  })
  void floats_eachFormat_areThoseOfGgml(String format, int number) throws IOException {
    float[] expected = values(format);
    TensorFile file = gguf(format, number);
    TensorEntry entry = file.find("x").orElseThrow();

    assertThat(entry.shape()).containsExactly((long) ROWS, (long) COLUMNS);
    assertThat(file.storage(entry))
        .isEqualTo(Map.of("F16", "float16", "BF16", "bfloat16").getOrDefault(format, format));
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(entry)).containsExactly(expected);
      assertThat(reader.floats(entry, 300, 1001))
          .containsExactly(Arrays.copyOfRange(expected, 300, 1301));
    }
  }

  @Test
  void floats_fileOfComfyUiGguf_areItsValues() throws URISyntaxException {
    TensorFile file = resource("sdxl-part-Q4_K_S.gguf");
    TensorFile values = resource("sdxl-part-values.safetensors");
    assertThat(file.metadata()).containsEntry("general.architecture", "sdxl");
    assertThat(file.tensors()).hasSize(24);
    try (TensorFile.Reader reader = file.reader();
        TensorFile.Reader expected = values.reader()) {
      for (TensorEntry value : values.tensors().values()) {
        TensorEntry entry = file.find(value.name()).orElseThrow();
        // The writer keeps small matrices in float32.
        assertThat(file.storage(entry)).isEqualTo(entry.elements() > 1024 ? "Q4_K" : "float32");
        assertThat(entry.shape()).isEqualTo(value.shape());
        assertThat(reader.floats(entry)).containsExactly(expected.floats(value));
      }
    }
  }

  @Test
  void read_partsOfAnyElements_areThoseOfTheWhole() throws IOException {
    TensorFile file = gguf("Q6_K", 14);
    TensorEntry entry = file.find("x").orElseThrow();
    try (TensorFile.Reader reader = file.reader()) {
      byte[] whole = reader.bytes(entry).array();
      for (int from = 0; from < 3000; from += 508) {
        for (int length : List.of(0, 4, 12, 1020, 1024, 2052)) {
          ByteBuffer direct = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
          reader.read(entry, from, direct);
          byte[] part = new byte[length];
          direct.flip().get(part);
          assertThat(part).containsExactly(Arrays.copyOfRange(whole, from, from + length));
        }
      }
    }
  }

  @Test
  void with_viewsOfBlocks_haveTheirRows() throws IOException {
    TensorFile file = gguf("Q4_K", 12);
    TensorEntry entry = file.find("x").orElseThrow();
    TensorFile views =
        file.with(
            List.of(
                TensorView.rows(file, entry, "third", 4, 4),
                TensorView.halvesSwapped(file, entry, "swapped"),
                TensorView.transposed(file, entry, "transposed"),
                TensorView.named(file, entry, "other")));
    float[] expected = values("Q4_K");
    int half = expected.length / 2;
    try (TensorFile.Reader reader = views.reader()) {
      assertThat(floats(reader, "third"))
          .containsExactly(Arrays.copyOfRange(expected, 4 * COLUMNS, 8 * COLUMNS));
      float[] swapped = floats(reader, "swapped");
      assertThat(Arrays.copyOf(swapped, half))
          .containsExactly(Arrays.copyOfRange(expected, half, 2 * half));
      assertThat(Arrays.copyOfRange(swapped, half, 2 * half))
          .containsExactly(Arrays.copyOf(expected, half));
      float[] transposed = floats(reader, "transposed");
      for (int i = 0; i < transposed.length; i++) {
        assertThat(transposed[i]).isEqualTo(expected[i % ROWS * COLUMNS + i / ROWS]);
      }
      assertThat(floats(reader, "other")).containsExactly(expected);
    }
    assertThat(views.storage(views.find("third").orElseThrow())).isEqualTo("Q4_K");
  }

  @Test
  void floats_moreThanAPart_areAllOfThem() throws IOException {
    byte[] row = blocks("Q8_0");
    int copies = 50;
    ByteBuffer many = ByteBuffer.allocate(copies * row.length);
    for (int i = 0; i < copies; i++) {
      many.put(row);
    }
    Path path = folder.resolve("large.gguf");
    Files.write(
        path,
        new RawGguf()
            .tensor("before", 0, List.of(3L), new byte[12])
            .tensor("x", RawGguf.Q8_0, List.of(600L, 256L), many.array())
            .tensor("y", RawGguf.Q8_0, List.of(12L, 256L), row)
            .bytes());
    TensorFile file = TensorFile.open(path);
    float[] expected = values("Q8_0");
    try (TensorFile.Reader reader = file.reader()) {
      float[] all = floats(reader, "x");
      for (int i = 0; i < all.length; i++) {
        assertThat(all[i]).isEqualTo(expected[i % expected.length]);
      }
      assertThat(floats(reader, "y")).containsExactly(expected);
      assertThat(floats(reader, "before")).containsExactly(0, 0, 0);
    }
  }

  private static float[] floats(TensorFile.Reader reader, String name) {
    return reader.floats(reader.file().find(name).orElseThrow());
  }

  private TensorFile gguf(String format, int number) throws IOException {
    Path path = folder.resolve(format + ".gguf");
    List<Long> shape = List.of((long) ROWS, (long) COLUMNS);
    Files.write(path, new RawGguf().tensor("x", number, shape, blocks(format)).bytes());
    return TensorFile.open(path);
  }

  private byte[] blocks(String format) {
    try (TensorFile.Reader reader = golden.reader()) {
      return reader.bytes(golden.find(format + ".bytes").orElseThrow()).array();
    }
  }

  private float[] values(String format) {
    try (TensorFile.Reader reader = golden.reader()) {
      return floats(reader, format + ".value");
    }
  }
}
