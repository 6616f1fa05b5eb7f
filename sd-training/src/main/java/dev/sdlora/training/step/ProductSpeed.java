package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;

/** Measures how fast this machine multiplies matrices, most of the work of a network. Stateless. */
public final class ProductSpeed {
  /** The side of the matrices, about the width of a layer. */
  private static final int SIDE = 1024;

  private static final int TIMES = 5;

  private ProductSpeed() {}

  /**
   * Measures for some hundredths of a second.
   *
   * @param format the dtype of the products
   * @return multiplications with an addition per second, the median of five products
   */
  public static double measure(Torch torch, ScalarType format) {
    Program program = Program.load(torch, ProductSpeed.class, "product.torchscript.py");
    try (NDManager scope = torch.scope()) {
      float[] values = new float[SIDE * SIDE];
      Arrays.fill(values, 0.5f);
      NDArray matrix =
          program
              .call("convert")
              .tensor(Torch.floats(scope, values, SIDE, SIDE))
              .integer(format.code())
              .run(scope);
      double[] seconds = new double[TIMES];
      // The first product is slower than the others.
      program.call("product").tensor(matrix).run(scope).close();
      for (int i = 0; i < TIMES; i++) {
        long begin = System.nanoTime();
        program.call("product").tensor(matrix).run(scope).close();
        seconds[i] = (System.nanoTime() - begin) / 1e9;
      }
      Arrays.sort(seconds);
      return Math.pow(SIDE, 3) / seconds[TIMES / 2];
    }
  }
}
