package dev.sdlora.lora.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.djl.ndarray.NDArray;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of several blocks with a smaller last one, in every dtype of model files. */
class BlocksTest {
  private static final int ROWS = 1501;
  private static final int COLUMNS = 800;
  private static final int RANK = 3;
  private static final String NAME = "to_q.weight";

  @TempDir private Path folder;
  private final Random random = new Random(5);

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, F16",
    "FLOAT32, BF16",
    "FLOAT32, F32",
    "BFLOAT16, F16",
    "BFLOAT16, BF16",
    "BFLOAT16, F32"
  })
  void patch_weightOfManyBlocks_isTheSumOnEitherWay(ScalarType type, DType stored) {
    TensorFile file = write(stored);
    try (Torch torch = Torch.open("cpu")) {
      Origin origin = new Origin(file, file.find(NAME).orElseThrow(), shape());
      TensorLoader loader = new TensorLoader(torch);
      try (LiveWeights live = LiveWeights.load(torch, loader, Map.of(NAME, origin), type);
          LiveWeights.Writer writer = live.writer()) {
        float[] original = live.values(NAME);
        LowRank first = product(torch);
        LowRank second = product(torch);
        NDArray dense = Torch.floats(torch.manager(), floats(ROWS * COLUMNS), ROWS, COLUMNS);

        writer.patch(Map.of(NAME, List.of(first)));
        float[] once = live.values(NAME);
        assertSum(once, file, first, type);
        writer.patch(Map.of(NAME, List.of(first, second)));
        float[] both = live.values(NAME);
        writer.patch(NAME, dense);
        float[] sum = live.values(NAME);
        writer.patch(Map.of(NAME, List.of(first)));
        assertThat(live.values(NAME)).isEqualTo(once);
        writer.restore(List.of(NAME));
        assertThat(live.values(NAME)).isEqualTo(original);
        writer.patch(NAME, dense);
        assertThat(live.values(NAME)).isEqualTo(sum);
        writer.restore(List.of(NAME));
        writer.patch(Map.of(NAME, List.of(first, second)));
        assertThat(live.values(NAME)).isEqualTo(both);
      }
    }
  }

  @Test
  void patch_onOneNativeThread_givesTheSameBits() {
    TensorFile file = write(DType.F16);
    try (Torch torch = Torch.open("cpu")) {
      Origin origin = new Origin(file, file.find(NAME).orElseThrow(), shape());
      try (LiveWeights live =
              LiveWeights.load(
                  torch, new TensorLoader(torch), Map.of(NAME, origin), ScalarType.FLOAT32);
          LiveWeights.Writer writer = live.writer()) {
        Map<String, List<LowRank>> change = Map.of(NAME, List.of(product(torch)));
        writer.patch(change);
        float[] shared = live.values(NAME);
        writer.restore(List.of(NAME));
        ThreadLimit.alone(() -> writer.patch(change));
        assertThat(live.values(NAME)).isEqualTo(shared);
      }
    }
  }

  private TensorFile write(DType stored) {
    Path path = folder.resolve("model.safetensors");
    new SafetensorsWriter().tensor(NAME, shape(), floats(ROWS * COLUMNS), stored).write(path);
    return TensorFile.open(path);
  }

  private static List<Long> shape() {
    return List.of((long) ROWS, (long) COLUMNS);
  }

  private LowRank product(Torch torch) {
    return new LowRank(
        Torch.floats(torch.manager(), floats(ROWS * RANK), ROWS, RANK),
        Torch.floats(torch.manager(), floats(RANK * COLUMNS), RANK, COLUMNS),
        0.7);
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Compares with a sum in double of the numbers in the file; bfloat16 has 8 bits. */
  private static void assertSum(float[] actual, TensorFile file, LowRank change, ScalarType type) {
    double rounding = type == ScalarType.FLOAT32 ? 0 : 1.0 / 256;
    float[] up = change.up().toFloatArray();
    float[] down = change.down().toFloatArray();
    float[] original;
    try (TensorFile.Reader reader = file.reader()) {
      original = reader.floats(file.find(NAME).orElseThrow());
    }
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        double sum = original[i * COLUMNS + j];
        double size = Math.abs(sum);
        for (int k = 0; k < RANK; k++) {
          double term = change.scale() * up[i * RANK + k] * down[k * COLUMNS + j];
          sum += term;
          size += Math.abs(term);
        }
        double error = Math.abs(actual[i * COLUMNS + j] - sum);
        if (!(error <= 1e-6 * size + rounding * Math.abs(sum))) {
          fail("[%d, %d]: %s, expected %s", i, j, actual[i * COLUMNS + j], sum);
        }
      }
    }
  }
}
