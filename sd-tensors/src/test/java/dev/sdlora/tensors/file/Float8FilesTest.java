package dev.sdlora.tensors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.pytorch.TorchArchives;
import dev.sdlora.tensors.number.DType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with 8-bit floats and their scales. */
final class Float8FilesTest {
  private static final byte[] CODES = {0x38, (byte) 0xb8, 0x7e, 0x01, 0x40, 0x00};
  private static final float[] E4M3 = {1, -1, 448, 0x1p-9f, 2, 0};
  private static final float[] E5M2 = {0.5f, -0.5f, Float.NaN, 0x1p-16f, 2, 0};

  @TempDir Path folder;

  private Path path() {
    return folder.resolve("float8.safetensors");
  }

  private static SafetensorsWriter codes(SafetensorsWriter writer, String name, long... shape) {
    return writer.tensor(
        name,
        DType.F8_E4M3,
        Arrays.stream(shape).boxed().toList(),
        channel -> channel.write(ByteBuffer.wrap(CODES)));
  }

  private static float[] read(Path path, String name) {
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(file.find(name).orElseThrow());
    }
  }

  @Test
  void floats_ofBothFormats_areTheirValues() {
    SafetensorsWriter writer = codes(new SafetensorsWriter(), "a.weight", 2, 3);
    writer
        .tensor("b.weight", DType.F8_E5M2, List.of(6L), out -> out.write(ByteBuffer.wrap(CODES)))
        .write(path());
    assertThat(read(path(), "a.weight")).isEqualTo(E4M3);
    assertThat(read(path(), "b.weight")).isEqualTo(E5M2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"net.a.scale_weight", "net.a.weight_scale"})
  void floats_withScale_areMultiplied(String scale) {
    codes(new SafetensorsWriter(), "net.a.weight", 2, 3)
        .tensor(scale, List.of(), new float[] {0.3f}, DType.F32)
        .tensor("net.scaled_fp8", List.of(0L), new float[0], DType.F16)
        .write(path());
    float[] values = read(path(), "net.a.weight");
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isEqualTo(E4M3[i] * 0.3f);
    }
  }

  /** Biases and norms have no scale, nor has another network in the same file. */
  @Test
  void open_withoutScaleWhereNoneIsNamed_works() {
    SafetensorsWriter writer = codes(new SafetensorsWriter(), "net.norm.weight", 6);
    codes(writer, "net.a.bias", 2, 3);
    codes(writer, "other.a.weight", 2, 3);
    writer
        .tensor("net.b.weight", List.of(1L, 1L), new float[1], DType.F16)
        .tensor("net.scaled_fp8", List.of(2L), new float[2], DType.F16)
        .write(path());
    assertThat(read(path(), "net.norm.weight")).isEqualTo(E4M3);
  }

  @ParameterizedTest
  @CsvSource({"net.scaled_fp8,net.a.weight", "scaled_fp8,net.a.weight"})
  void open_scaleIsMissing_namesTheTensor(String mark, String weight) {
    codes(new SafetensorsWriter(), weight, 3, 2)
        .tensor(mark, List.of(2L), new float[2], DType.F16)
        .write(path());
    assertThatThrownBy(() -> TensorFile.open(path()))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("has tensor '" + weight + "' in float8_e4m3, scaled as")
        .hasMessageContaining(
            "'" + mark + "' specifies, but no scale '" + weight.replace("weight", "scale_"))
        .satisfies(e -> assertThat(((TensorFileException) e).details().tensor()).hasValue(weight));
  }

  @Test
  void open_scaleOfOtherNumbers_isRefused() {
    codes(new SafetensorsWriter(), "a.weight", 3, 2)
        .tensor("a.scale_weight", List.of(5L), new float[5], DType.F32)
        .write(path());
    assertThatThrownBy(() -> TensorFile.open(path()))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(
            "tensor 'a.scale_weight' of float32 [5] for 'a.weight' of shape [3, 2], expected one"
                + " floating-point number, or one for each row or block");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void floats_scaleThatIsNoFactor_isRefused(float scale) {
    codes(new SafetensorsWriter(), "a.weight", 3, 2)
        .tensor("a.scale_weight", List.of(), new float[] {scale}, DType.F32)
        .write(path());
    assertThatThrownBy(() -> read(path(), "a.weight"))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("has " + scale + " in tensor 'a.scale_weight', expected a finite")
        .satisfies(
            e ->
                assertThat(((TensorFileException) e).details().tensor())
                    .hasValue("a.scale_weight"));
  }

  /** Every weight is compared with every mark. */
  @Test
  void open_manyMarks_areRefused() {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int i = 0; i < 17; i++) {
      writer.tensor("net" + i + ".scaled_fp8", List.of(0L), new float[0], DType.F16);
    }
    writer.write(path());
    assertThatThrownBy(() -> TensorFile.open(path()))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(
            "has more than 16 tensors '…scaled_fp8', such as 'net16.scaled_fp8', expected one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | 2 3 4 | 2 -2 1344 .005859375 8 0",
        "3,1 | 2 3 4 | 2 -2 1344 .005859375 8 0",
        "1,2 | 2 3 | 2 -3 896 .005859375 4 0",
        "3,2 | 2 3 4 5 6 7 | 2 -3 1792 .009765625 12 0"
      })
  void floats_withOneScaleForEachRowOrBlock_areMultiplied(
      String shape, String scales, String expected) {
    codes(new SafetensorsWriter(), "a.weight", 3, 2)
        .tensor(
            "a.weight_scale",
            Arrays.stream(shape.split(",", -1)).map(Long::valueOf).toList(),
            numbers(scales),
            DType.F32)
        .write(path());
    assertThat(read(path(), "a.weight")).isEqualTo(numbers(expected));
  }

  private static float[] numbers(String text) {
    String[] words = text.split(" ", -1);
    float[] numbers = new float[words.length];
    for (int i = 0; i < words.length; i++) {
      numbers[i] = Float.parseFloat(words[i]);
    }
    return numbers;
  }

  @ParameterizedTest
  @CsvSource({"float8_e4m3fn", "float8_e5m2"})
  void floats_ofPickle_areTheirValues(String format) {
    Path file = folder.resolve("float8.pt");
    TorchArchives.write(file, pickle("torch " + format), CODES);
    assertThat(TensorFile.open(file).find("a.weight").orElseThrow().shape())
        .containsExactly(3L, 2L);
    assertThat(read(file, "a.weight")).isEqualTo(format.equals("float8_e5m2") ? E5M2 : E4M3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch uint16", "torch load", "os system"})
  void open_pickleOfAnotherFormat_isRefused(String format) {
    Path file = folder.resolve("other.pt");
    TorchArchives.write(file, pickle(format), CODES);
    assertThatThrownBy(() -> TensorFile.open(file))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("requests Python's '" + format.replace(' ', '.') + "'");
  }

  /** The output of torch.save for a tensor [3, 2] of a dtype without a storage type. */
  private static byte[] pickle(String format) {
    Object size = TorchArchives.integer(6);
    return TorchArchives.pickle(
        "}",
        TorchArchives.text("a.weight"),
        "ctorch._utils\n_rebuild_tensor_v3\n((",
        TorchArchives.text("storage"),
        "ctorch.storage\nUntypedStorage\n",
        TorchArchives.text("0"),
        TorchArchives.text("cpu"),
        size,
        "tQ",
        TorchArchives.integer(0),
        "(K\u0003K\u0002t(K\u0002K\u0001t\u0089ccollections\nOrderedDict\n)R",
        "c" + format.replace(' ', '\n') + "\n",
        "tRs");
  }
}
