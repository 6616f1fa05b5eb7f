package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.List;

/** What the machine computes at most: a product of two large matrices (GEMM). */
final class GemmRate {
  /** Side of the matrices that rates are told of. */
  static final int SIDE = 4096;

  private GemmRate() {}

  /** Operations in a second, the best of several products of square matrices in a format. */
  static double measure(Torch torch, ScalarType type, int side) {
    Program program = Program.load(torch, GemmRate.class, "gemm.torchscript.py");
    List<Double> seconds = new ArrayList<>();
    try (NDManager scope = torch.scope()) {
      NDArray matrix =
          program
              .call("square")
              .tensor(scope.create(0f))
              .integer(side)
              .integer(type.code())
              .run(scope);
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        program.call("product").tensor(matrix).run(scope).close();
        seconds.add((System.nanoTime() - start) / 1e9);
      }
    }
    double best = seconds.stream().min(Double::compare).orElseThrow();
    return 2.0 * side * side * side / best;
  }
}
