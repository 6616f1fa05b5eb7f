package dev.sdlora.tensors.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.Floats;
import dev.sdlora.tensors.file.RawGguf;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Weights in the formats of files, widened by a program, against the values that readers return.
 */
final class StoredFormatTest {
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
        Path.of(Objects.requireNonNull(RawGguf.class.getResource(name)).toURI()));
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
    requireValues(StoredFormat.valueOf(format), new Origin(file, entry, List.of(12L, 256L)));
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
    requireValues(format, new Origin(file, entry, entry.shape()));
  }

  private static void requireValues(StoredFormat format, Origin origin) {
    assertThat(StoredFormat.of(origin)).contains(format);
    try (TensorFile.Reader reader = origin.file().reader();
        NDManager scope = torch.scope()) {
      float[] expected = reader.floats(origin.entry());
      List<NDArray> parts = format.load(loader, reader, origin, scope);
      NDArray wide = Widened.of(torch, format, origin.shape(), parts, ScalarType.FLOAT32, scope);
      assertThat(wide.getShape().getShape())
          .containsExactly(origin.shape().stream().mapToLong(Long::longValue).toArray());
      assertThat(wide.toFloatArray()).containsExactly(expected);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = Floats.fromBfloat16(Floats.toBfloat16(expected[i]));
      }
      NDArray half = Widened.of(torch, format, origin.shape(), parts, ScalarType.BFLOAT16, scope);
      assertThat(Widened.floats(torch, half, scope)).containsExactly(expected);
    }
  }
}
