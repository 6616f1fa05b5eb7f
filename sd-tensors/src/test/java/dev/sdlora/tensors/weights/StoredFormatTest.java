package dev.sdlora.tensors.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import dev.sdlora.tensors.file.gguf.RawGguf;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights in the formats of files, widened by a program, against the values that readers return.
 */
final class StoredFormatTest {
  private static final String ATTENTION = "double_blocks.0.img_attn.proj.weight";

  private static Torch torch;
  private static TensorLoader loader;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    torch = Torch.open("cpu");
    loader = new TensorLoader(torch);
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  private static TensorFile resource(String name) throws URISyntaxException {
    return TensorFile.open(
        Path.of(Objects.requireNonNull(TensorFile.class.getResource(name)).toURI()));
  }

  private TensorFile gguf(String format, int number, List<Long> shape)
      throws IOException, URISyntaxException {
    TensorFile golden = resource("gguf/blocks.safetensors");
    Path path = folder.resolve(format + ".gguf");
    try (TensorFile.Reader reader = golden.reader()) {
      byte[] bytes = reader.bytes(golden.find(format + ".bytes").orElseThrow()).array();
      Files.write(path, new RawGguf().tensor("x", number, shape, bytes).bytes());
    }
    return TensorFile.open(path);
  }

  @ParameterizedTest
  @CsvSource({
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
  void widened_blocksOfGgml_areItsValues(String format, int number)
      throws IOException, URISyntaxException {
    TensorFile file = gguf(format, number, List.of(12L, 256L));
    TensorEntry entry = file.find("x").orElseThrow();
    require(StoredFormat.valueOf(format), new Origin(file, entry, List.of(12L, 256L)));
  }

  @ParameterizedTest
  @CsvSource({
    "fp8-plain, double_blocks.0.img_attn.proj.weight, FP8_E4M3",
    "fp8-plain, double_blocks.0.img_mlp.2.weight, FP8_E5M2",
    "fp8-scaled-old, double_blocks.0.img_attn.proj.weight, FP8_E4M3",
    "fp8-comfy-quant, double_blocks.0.img_mlp.2.weight, FP8_E4M3",
    "fp8-quantization-metadata, double_blocks.0.img_mlp.2.weight, FP8_E4M3",
    "int8, double_blocks.0.img_attn.proj.weight, INT8",
    "int8, double_blocks.0.img_mlp.2.weight, INT8"
  })
  void widened_bytesAndScales_areTheirValues(String name, String tensor, StoredFormat format)
      throws URISyntaxException {
    TensorFile file = resource("quantised/" + name + ".safetensors");
    TensorEntry entry = file.find(tensor).orElseThrow();
    require(format, new Origin(file, entry, entry.shape()));
  }

  /** Weights of several tiles, whose last one is smaller; rows with factors end inside tiles. */
  @Test
  void widened_severalTiles_areTheValues() throws IOException {
    List<Long> shape = List.of(301L, 3840L);
    Random random = new Random(7);
    for (StoredFormat format : List.of(StoredFormat.Q4_0, StoredFormat.Q5_K, StoredFormat.IQ4_XS)) {
      Path path = folder.resolve("large-" + format + ".gguf");
      RawBlocks blocks = RawBlocks.of(format);
      byte[] bytes = blocks.random(301 * 3840 / blocks.elements(), random);
      Files.write(path, new RawGguf().tensor("x", format.code(), shape, bytes).bytes());
      TensorFile file = TensorFile.open(path);
      require(format, new Origin(file, file.find("x").orElseThrow(), shape));
    }
    byte[] codes = new byte[301 * 3840];
    random.nextBytes(codes);
    for (int across : List.of(0, 1, 30)) {
      TensorFile file = bytes(finite(codes), shape, across, random);
      require(StoredFormat.FP8_E4M3, new Origin(file, file.find("x.weight").orElseThrow(), shape));
    }
  }

  /** All codes, and factors so large or so small that products leave the range of float32. */
  @ParameterizedTest
  @CsvSource({"F8_E4M3, FP8_E4M3", "F8_E5M2, FP8_E5M2", "I8, INT8"})
  void widened_allCodesAndFactors_areTheProducts(DType dtype, StoredFormat format) {
    byte[] codes = new byte[256];
    for (int code = 0; code < codes.length; code++) {
      codes[code] = (byte) code;
    }
    for (byte[] stored : List.of(codes, finite(codes))) {
      for (float factor : new float[] {1, -0.3f, 0, 0x7p-149f, 2e-38f, 300, 1e37f, -3e38f}) {
        Path path = folder.resolve("codes.safetensors");
        new SafetensorsWriter()
            .tensor("x.weight", dtype, List.of(8L, 32L), out -> out.write(ByteBuffer.wrap(stored)))
            .tensor("x.weight_scale", List.of(), new float[] {factor}, DType.F32)
            .write(path);
        TensorFile file = TensorFile.open(path);
        require(format, new Origin(file, file.find("x.weight").orElseThrow(), List.of(8L, 4L, 8L)));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity"})
  void load_factorThatIsNotFinite_isRefused(float factor) {
    Path path = folder.resolve("damaged.safetensors");
    new SafetensorsWriter()
        .tensor("x.weight", DType.I8, List.of(2L, 3L), out -> out.write(ByteBuffer.allocate(6)))
        .tensor("x.weight_scale", List.of(2L, 1L), new float[] {1, factor}, DType.F32)
        .write(path);
    TensorFile file = TensorFile.open(path);
    Origin origin = new Origin(file, file.find("x.weight").orElseThrow(), List.of(2L, 3L));
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      assertThatThrownBy(() -> StoredFormat.INT8.load(loader, reader, origin, scope))
          .isInstanceOf(TensorFileException.class)
          .hasMessageContaining("x.weight_scale")
          .hasMessageContaining("expected a finite factor");
    }
  }

  @Test
  void of_viewsThatCutBlocksOrChangeTheOrder_isEmpty() throws IOException, URISyntaxException {
    TensorFile file = gguf("Q4_K", 12, List.of(12L, 256L));
    TensorEntry entry = file.find("x").orElseThrow();
    TensorFile rows =
        file.with(
            List.of(
                TensorView.rows(file, entry, "whole", 2, 4),
                TensorView.transposed(file, entry, "transposed")));
    assertThat(format(rows, "whole")).contains(StoredFormat.Q4_K);
    assertThat(format(rows, "transposed")).isEmpty();
    TensorEntry narrow = entry.reshaped(List.of(24L, 128L));
    assertThat(StoredFormat.of(new Origin(file, narrow.rows(2, 4), List.of(4L, 128L))))
        .contains(StoredFormat.Q4_K);
    assertThat(StoredFormat.of(new Origin(file, narrow.rows(1, 4), List.of(4L, 128L)))).isEmpty();
    assertThat(StoredFormat.of(new Origin(file, narrow.rows(2, 3), List.of(3L, 128L)))).isEmpty();
    TensorFile others = resource("quantised/int8.safetensors");
    assertThat(format(others, "single_blocks.0.linear1.weight")).isEmpty();
    assertThat(format(resource("quantised/nf4.safetensors"), ATTENTION)).isEmpty();
    assertThat(format(resource("quantised/mxfp8.safetensors"), ATTENTION)).isEmpty();
    assertThat(format(resource("quantised/values.safetensors"), "fp8.a")).isEmpty();
  }

  private static Optional<StoredFormat> format(TensorFile file, String name) {
    TensorEntry entry = file.find(name).orElseThrow();
    return StoredFormat.of(new Origin(file, entry, entry.shape()));
  }

  private static void assertBytes(StoredFormat format, TensorFile file, String name) {
    TensorEntry entry = file.find(name).orElseThrow();
    Origin origin = new Origin(file, entry, entry.shape());
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      assertThat(
              format.load(loader, reader, origin, scope).stream()
                  .mapToLong(part -> part.size() * part.getDataType().getNumOfBytes())
                  .sum())
          .as("%s in %s", format, file)
          .isEqualTo(format.bytes(origin));
    }
  }

  @Test
  void bytes_ofEveryFormat_areThoseOfItsParts() throws IOException, URISyntaxException {
    for (StoredFormat format : StoredFormat.values()) {
      if (format.code() < StoredFormat.FP8_E4M3.code()) {
        assertBytes(format, gguf(format.name(), format.code(), List.of(12L, 256L)), "x");
      }
    }
    Random random = new Random(9);
    for (int across : List.of(0, 1, 2, 8)) {
      TensorFile file = bytes(new byte[16 * 64], List.of(16L, 64L), across, random);
      assertBytes(StoredFormat.FP8_E4M3, file, "x.weight");
    }
    assertBytes(StoredFormat.FP8_E4M3, resource("quantised/fp8-scaled-old.safetensors"), ATTENTION);
    assertBytes(StoredFormat.INT8, resource("quantised/int8.safetensors"), ATTENTION);
  }

  @Test
  void bytes_ofRoundedWeights_areThoseOfTheParts() {
    List<Long> shape = List.of(8L, 4L, 3L, 3L);
    Path path = folder.resolve("wide.safetensors");
    new SafetensorsWriter().tensor("x.weight", shape, new float[288], DType.F32).write(path);
    TensorFile file = TensorFile.open(path);
    Origin origin = new Origin(file, file.find("x.weight").orElseThrow(), shape);
    assertThat(StoredFormat.INT8.bytes(origin)).isEqualTo(8 * 36 + 8 * 4);
    assertThat(StoredFormat.BFLOAT16.bytes(origin)).isEqualTo(2 * 8 * 36);
  }

  @Test
  void fromValues_int8_errsByHalfAStep() {
    Random random = new Random(3);
    List<Long> shape = List.of(5L, 4L, 3L, 3L);
    float[] values = new float[5 * 36];
    for (int i = 36; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * i;
    }
    values[40] = Float.MIN_VALUE;
    try (NDManager scope = torch.scope()) {
      NDArray given = scope.create(values, new Shape(5, 4, 3, 3));
      List<NDArray> parts = StoredFormat.INT8.fromValues(loader, given, scope);
      float[] scales = parts.get(1).toFloatArray();
      float[] wide =
          Widened.of(torch, StoredFormat.INT8, shape, parts, ScalarType.FLOAT32, scope)
              .toFloatArray();
      for (int row = 0; row < 5; row++) {
        float largest = 0;
        for (int i = 36 * row; i < 36 * row + 36; i++) {
          largest = Math.max(largest, Math.abs(values[i]));
          assertThat(Math.abs(wide[i] - values[i])).isLessThanOrEqualTo(scales[row] * 0.50001f);
        }
        assertThat(scales[row]).isEqualTo(largest / 127);
      }
    }
  }

  @Test
  void fromValues_bfloat16_roundsToNearest() {
    float[] values = {1, 0x1.01p0f, 0x1.03p0f, -0f, 0x13p-137f, 3.3e38f, (float) Math.PI, 0.1f};
    try (NDManager scope = torch.scope()) {
      NDArray given = scope.create(values, new Shape(2, 4));
      List<NDArray> parts = StoredFormat.BFLOAT16.fromValues(loader, given, scope);
      for (ScalarType type : List.of(ScalarType.FLOAT32, ScalarType.BFLOAT16)) {
        NDArray wide =
            Widened.of(torch, StoredFormat.BFLOAT16, List.of(2L, 4L), parts, type, scope);
        assertThat(Widened.floats(torch, wide, scope))
            .containsExactly(Widened.rounded(values.clone()));
      }
      assertThatThrownBy(() -> StoredFormat.Q8_0.fromValues(loader, given, scope))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Memory that is given is used if it is large enough and of the dtype. */
  @Test
  void widenedInto_memory_isUsedIfItFits() throws IOException, URISyntaxException {
    TensorFile file = gguf("Q8_0", 8, List.of(12L, 256L));
    TensorEntry entry = file.find("x").orElseThrow();
    Origin origin = new Origin(file, entry, entry.shape());
    try (TensorFile.Reader reader = file.reader();
        NDManager scope = torch.scope()) {
      float[] expected = reader.floats(entry);
      List<NDArray> parts = StoredFormat.Q8_0.load(loader, reader, origin, scope);
      for (int size : List.of(0, 3071, 3072, 4000)) {
        NDArray memory = scope.zeros(new Shape(size));
        NDArray wide = Widened.into(torch, StoredFormat.Q8_0, origin.shape(), parts, memory, scope);
        assertThat(wide.toFloatArray()).containsExactly(expected);
        float[] left = Arrays.copyOf(memory.toFloatArray(), expected.length);
        assertThat(Arrays.equals(left, expected)).isEqualTo(size >= expected.length);
      }
    }
  }

  /** Returns a file with bytes as "x.weight", and with factors for each row unless across is 0. */
  private TensorFile bytes(byte[] codes, List<Long> shape, int across, Random random) {
    Path path = folder.resolve("bytes-" + across + ".safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor("x.weight", DType.F8_E4M3, shape, out -> out.write(ByteBuffer.wrap(codes)));
    if (across > 0) {
      int down = shape.get(0).intValue();
      float[] factors = new float[down * across];
      for (int i = 0; i < factors.length; i++) {
        factors[i] = random.nextFloat() - 0.5f;
      }
      writer.tensor("x.weight_scale", List.of((long) down, (long) across), factors, DType.F32);
    }
    writer.write(path);
    return TensorFile.open(path);
  }

  /** Returns the codes, with others for those that are NaN or infinite in a format. */
  private static byte[] finite(byte[] codes) {
    byte[] finite = codes.clone();
    for (int i = 0; i < finite.length; i++) {
      finite[i] = (finite[i] & 127) >= 124 ? 99 : finite[i];
    }
    return finite;
  }

  private static void require(StoredFormat format, Origin origin) {
    Widened.requireValues(torch, loader, format, origin);
  }
}
