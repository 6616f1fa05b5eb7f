package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;

/** What the processor does at its best: a large product of matrices. */
final class Gemm {
  /** Side of the matrices that rates are told of. */
  static final int SIDE = 4096;

  private static final int ROUNDS = 5;

  private Gemm() {}

  /** Multiplications and additions in a second, of square matrices in a number format. */
  static double rate(Torch torch, int side, ScalarType type) {
    Program program = Program.load(torch, Gemm.class, "gemm.torchscript.py");
    double best = Double.POSITIVE_INFINITY;
    try (NDManager scope = torch.scope()) {
      NDArray matrix =
          program
              .call("square")
              .tensor(scope.create(0f))
              .integer(side)
              .integer(type.code())
              .run(scope);
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        program.call("product").tensor(matrix).run(scope).close();
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return 2.0 * side * side * side / best;
  }
}
