package dev.sdlora.pipeline.network;

import dev.sdlora.tensors.weights.Packing;
import java.util.List;

/** How the kernels of convolutions are laid out for the processor, in U-Nets and autoencoders. */
final class ConvolutionPacking {
  private static final int BLOCK = 64;

  private ConvolutionPacking() {}

  /**
   * Whether oneDNN cuts a kernel into the same blocks of outputs at every size: of 1×1, as a
   * matrix; others if their outputs are one block or several of 64. 96 outputs become blocks of 48
   * for large images and of 32 for small ones, and what is packed for the one is laid out anew in
   * each call of the other, by code that takes ten times as long as the convolution. A plain kernel
   * is laid out by quick code.
   */
  static boolean isCutAlike(List<Long> shape) {
    long outputs = shape.get(0);
    return shape.get(2) == 1 || outputs < BLOCK || outputs % BLOCK == 0;
  }

  /**
   * The layout of a kernel, by what its name tells of the layer.
   *
   * @param batch how many images there are at once
   * @param side height and width of what the layer reads
   */
  static Packing of(String name, List<Long> shape, int batch, int side) {
    if (name.contains(".upsamplers.")) {
      return new Packing.Doubling(batch, side);
    }
    return shape.get(2) > 1
        ? new Packing.Convolution(name.contains(".downsamplers.") ? 2 : 1, 1, batch, side)
        : new Packing.Linear(batch * side * side);
  }
}
