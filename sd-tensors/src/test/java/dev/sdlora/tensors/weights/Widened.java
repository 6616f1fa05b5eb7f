package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
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
    long[] head = new long[1 + shape.size()];
    head[0] = format.code();
    for (int i = 0; i < shape.size(); i++) {
      head[1 + i] = shape.get(i);
    }
    return program(torch)
        .call("widen")
        .tensor(scope.create(head))
        .list(parts.toArray(NDArray[]::new))
        .integer(type.code())
        .run(scope);
  }

  /** Returns the values of a tensor. */
  static float[] floats(Torch torch, NDArray tensor, NDManager scope) {
    return program(torch).call("floats").tensor(tensor).run(scope).toFloatArray();
  }
}
