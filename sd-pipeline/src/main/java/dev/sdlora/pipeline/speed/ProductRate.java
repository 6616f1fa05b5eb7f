package dev.sdlora.pipeline.speed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The peak rate of a device: a large matrix product. */
public final class ProductRate {
  /** The side of the matrices for reported rates. */
  public static final int SIDE = 4096;

  private static final int ROUNDS = 5;
  private static final Map<Size, Double> MEASURED = new ConcurrentHashMap<>();

  private ProductRate() {}

  /**
   * Returns the multiplications and additions per second for square matrices, with the threads that
   * native calls of this thread use; measured once per process.
   */
  public static double of(Torch torch, int side, ScalarType type) {
    return MEASURED.computeIfAbsent(
        new Size(torch.device(), side, type, Torch.threads()), size -> measure(torch, size));
  }

  /** Creates a square matrix of random numbers. */
  public static NDArray square(Torch torch, NDManager scope, ScalarType type, int side) {
    return program(torch)
        .call("square")
        .tensor(scope.create(0f))
        .integer(side)
        .integer(type.code())
        .run(scope);
  }

  private static double measure(Torch torch, Size size) {
    Program program = program(torch);
    double best = Double.POSITIVE_INFINITY;
    try (NDManager scope = torch.scope()) {
      NDArray matrix = square(torch, scope, size.type, size.side);
      for (int i = 0; i < ROUNDS; i++) {
        long start = System.nanoTime();
        program.call("product").tensor(matrix).run(scope).close();
        awaitDevice(scope);
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return 2.0 * size.side * size.side * size.side / best;
  }

  /** Reading a tensor waits for all earlier work of a GPU. */
  private static void awaitDevice(NDManager scope) {
    try (NDArray last = scope.create(0f)) {
      last.toFloatArray();
    }
  }

  private static Program program(Torch torch) {
    return Program.load(torch, ProductRate.class, "product.torchscript.py");
  }

  private record Size(String device, int side, ScalarType type, int threads) {}
}
