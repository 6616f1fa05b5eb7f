package dev.sdlora.tensors.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;
import java.util.List;

/** Calls the function that widens stored weights. */
final class Widened {
  private Widened() {}

  private static Program program(Torch torch) {
    return Program.load(
        torch,
        List.of(new Program.Source(Widened.class, "widened.torchscript.py")),
        List.of(new Program.Source(StoredFormat.class, "widening.torchscript.py")));
  }

  /** Returns a weight in a dtype. */
  static NDArray of(
      Torch torch,
      StoredFormat format,
      List<Long> shape,
      List<NDArray> parts,
      ScalarType type,
      NDManager scope) {
    return program(torch)
        .call("widen")
        .tensor(head(format, shape, scope))
        .list(parts.toArray(NDArray[]::new))
        .integer(type.code())
        .run(scope);
  }

  /** Returns a float32 weight, in some memory if it fits. */
  static NDArray into(
      Torch torch,
      StoredFormat format,
      List<Long> shape,
      List<NDArray> parts,
      NDArray memory,
      NDManager scope) {
    return program(torch)
        .call("widen_into")
        .tensor(head(format, shape, scope))
        .list(parts.toArray(NDArray[]::new))
        .integer(ScalarType.FLOAT32.code())
        .tensor(memory)
        .run(scope);
  }

  private static NDArray head(StoredFormat format, List<Long> shape, NDManager scope) {
    long[] head = new long[1 + shape.size()];
    head[0] = format.code();
    for (int i = 0; i < shape.size(); i++) {
      head[1 + i] = shape.get(i);
    }
    return scope.create(head);
  }

  /** Checks that a weight in both dtypes has the values that a reader returns, bit for bit. */
  static void requireValues(Torch torch, TensorLoader loader, StoredFormat format, Origin origin) {
    assertThat(StoredFormat.of(origin)).contains(format);
    try (TensorFile.Reader reader = origin.file().reader();
        NDManager scope = torch.scope()) {
      float[] expected = reader.floats(origin.entry());
      List<NDArray> parts = format.load(loader, reader, origin, scope);
      NDArray wide = of(torch, format, origin.shape(), parts, ScalarType.FLOAT32, scope);
      assertThat(wide.getShape().getShape())
          .containsExactly(origin.shape().stream().mapToLong(Long::longValue).toArray());
      assertThat(Arrays.equals(wide.toFloatArray(), expected)).isTrue();
      if (origin.shape().size() == 2) {
        requireRows(torch, format, origin.shape(), parts, expected, scope);
      }
      NDArray half = of(torch, format, origin.shape(), parts, ScalarType.BFLOAT16, scope);
      assertThat(Arrays.equals(floats(torch, half, scope), rounded(expected))).isTrue();
    }
  }

  private static void requireRows(
      Torch torch,
      StoredFormat format,
      List<Long> shape,
      List<NDArray> parts,
      float[] expected,
      NDManager scope) {
    int rows = shape.get(0).intValue();
    int columns = shape.get(1).intValue();
    long[] ids = {rows - 1, 0, rows / 2, rows - 1};
    NDArray some =
        program(torch)
            .call("rows")
            .tensor(head(format, shape, scope))
            .list(parts.toArray(NDArray[]::new))
            .tensor(scope.create(ids))
            .integer(ScalarType.FLOAT32.code())
            .run(scope);
    float[] values = some.toFloatArray();
    for (int i = 0; i < ids.length; i++) {
      int from = (int) ids[i] * columns;
      assertThat(Arrays.copyOfRange(values, i * columns, (i + 1) * columns))
          .isEqualTo(Arrays.copyOfRange(expected, from, from + columns));
    }
  }

  /** Rounds values to bfloat16. */
  static float[] rounded(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Floats.fromBfloat16(Floats.toBfloat16(values[i]));
    }
    return values;
  }

  /** Returns the values of a tensor. */
  static float[] floats(Torch torch, NDArray tensor, NDManager scope) {
    return program(torch).call("floats").tensor(tensor).run(scope).toFloatArray();
  }
}
