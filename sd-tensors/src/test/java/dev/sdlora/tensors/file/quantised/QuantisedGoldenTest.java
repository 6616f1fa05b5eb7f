package dev.sdlora.tensors.file.quantised;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import dev.sdlora.tensors.number.DType;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantised files and the values that ComfyUI's and bitsandbytes' own code reads from them. */
final class QuantisedGoldenTest {
  private static final String A = "double_blocks.0.img_attn.proj.weight";
  private static final String B = "double_blocks.0.img_mlp.2.weight";

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(QuantisedGoldenTest.class.getResource(name + ".safetensors"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] values(String file, String tensor) {
    TensorFile open = TensorFile.open(resource(file));
    try (TensorFile.Reader reader = open.reader()) {
      return reader.floats(open.find(tensor).orElseThrow());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fp8-plain, " + A + ", fp8-plain.a, float8_e4m3",
    "fp8-plain, " + B + ", fp8-plain.b, float8_e5m2",
    "fp8-scaled-old, " + A + ", fp8.a, float8_e4m3 scaled",
    "fp8-scaled-old, " + B + ", fp8.b, float8_e4m3 scaled",
    "fp8-comfy-quant, " + A + ", fp8.a, float8_e4m3 scaled",
    "fp8-comfy-quant, " + B + ", fp8.b, float8_e4m3 scaled",
    "fp8-quantization-metadata, " + A + ", fp8.a, float8_e4m3 scaled",
    "fp8-quantization-metadata, " + B + ", fp8.b, float8_e4m3 scaled",
    "int8, " + A + ", int8.a, int8 scaled",
    "int8, " + B + ", int8.b, int8 scaled",
    "int8, single_blocks.0.linear1.weight, int8.convrot256, int8 rotated",
    "int8, single_blocks.0.linear2.weight, int8.convrot16, int8 rotated",
    "mxfp8, " + A + ", mxfp8.a, mxfp8",
    "nvfp4, " + A + ", nvfp4.a, nvfp4",
    "nf4, " + A + ", nf4.a, nf4",
    "nf4, " + B + ", nf4.b_double, nf4"
  })
  void floats_ofEveryLayout_equalThoseOfItsOwnProgram(
      String file, String tensor, String expected, String format) {
    TensorFile open = TensorFile.open(resource(file));
    TensorEntry entry = open.find(tensor).orElseThrow();
    TensorEntry golden = TensorFile.open(resource("values")).find(expected).orElseThrow();
    assertThat(entry.shape()).isEqualTo(golden.shape());
    assertThat(open.storage(entry)).isEqualTo(format);
    float[] values = values(file, tensor);
    float[] wanted = values("values", expected);
    assertThat(values).isEqualTo(wanted);
  }

  /** Values are computed wherever a part begins: views of parts equal parts of the values. */
  @ParameterizedTest
  @CsvSource({
    "fp8-scaled-old, " + A,
    "int8, " + B,
    "int8, single_blocks.0.linear1.weight",
    "int8, single_blocks.0.linear2.weight",
    "mxfp8, " + A,
    "nvfp4, " + A,
    "nf4, " + A,
    "nf4, " + B
  })
  void floats_ofViews_areParts(String name, String tensor) {
    TensorFile stored = TensorFile.open(resource(name));
    TensorEntry entry = stored.find(tensor).orElseThrow();
    int rows = entry.shape().get(0).intValue();
    int columns = entry.shape().get(1).intValue();
    TensorFile file =
        stored.with(
            List.of(
                TensorView.rows(stored, entry, "x[rows]", rows / 2 - 3, 5),
                TensorView.halvesSwapped(stored, entry, "x[swapped]"),
                TensorView.transposed(stored, entry, "x[transposed]"),
                TensorView.named(stored, entry, "x")));
    float[] values = values(name, tensor);
    float[] swapped = new float[values.length];
    System.arraycopy(values, values.length / 2, swapped, 0, values.length / 2);
    System.arraycopy(values, 0, swapped, values.length / 2, values.length / 2);
    try (TensorFile.Reader reader = file.reader()) {
      assertThat(reader.floats(file.find("x[rows]").orElseThrow()))
          .isEqualTo(
              Arrays.copyOfRange(values, (rows / 2 - 3) * columns, (rows / 2 + 2) * columns));
      assertThat(reader.floats(file.find("x[swapped]").orElseThrow())).isEqualTo(swapped);
      float[] transposed = reader.floats(file.find("x[transposed]").orElseThrow());
      for (int i = 0; i < values.length; i++) {
        assertThat(transposed[i % columns * rows + i / columns]).isEqualTo(values[i]);
      }
      TensorEntry named = file.find("x").orElseThrow();
      assertThat(file.storage(named)).isEqualTo(stored.storage(entry));
      assertThat(reader.floats(named, 17, 1030)).isEqualTo(Arrays.copyOfRange(values, 17, 1047));
      ByteBuffer bytes = reader.bytes(named.rows(1, 1)).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(bytes.getFloat()).isEqualTo(values[columns]);
    }
  }

  @Test
  void open_quantisedFile_showsOnlyWeights() {
    for (String name : List.of("fp8-comfy-quant", "fp8-scaled-old", "nf4")) {
      TensorFile file = TensorFile.open(resource(name));
      assertThat(file.tensors().keySet())
          .containsExactlyInAnyOrder(A, B, A.replace("weight", "bias"), "norm.scale");
      assertThat(file.tensors().values()).allMatch(entry -> entry.dtype() == DType.F32);
      assertThat(file.isQuantised(file.find("norm.scale").orElseThrow())).isFalse();
    }
  }
}
