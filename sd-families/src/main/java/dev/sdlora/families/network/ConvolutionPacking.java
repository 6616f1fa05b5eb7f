package dev.sdlora.families.network;

import dev.sdlora.tensors.weights.Packing;
import java.util.List;

/** Packing of convolution kernels for the CPU, in U-Nets and autoencoders. */
public final class ConvolutionPacking {
  private static final int BLOCK = 64;

  private ConvolutionPacking() {}

  /**
   * Whether oneDNN splits a kernel into the same output blocks at every image size. This holds for
   * 1×1 kernels, which are matrices, and for kernels whose outputs are less than one block or a
   * multiple of 64. 96 outputs become blocks of 48 for large images and of 32 for small ones; a
   * kernel packed for one size is repacked in each call at the other, which takes ten times as long
   * as the convolution. Packing a plain kernel is fast.
   */
  public static boolean isCutAlike(List<Long> shape) {
    long outputs = shape.get(0);
    return shape.get(2) == 1 || outputs < BLOCK || outputs % BLOCK == 0;
  }

  /**
   * Returns the packing of a kernel; the layer is inferred from the name.
   *
   * @param batch the number of images in a batch
   * @param side height and width of the layer's input
   */
  public static Packing of(String name, List<Long> shape, int batch, int side) {
    if (name.contains(".upsamplers.")) {
      return new Packing.Doubling(batch, side);
    }
    return shape.get(2) > 1
        ? new Packing.Convolution(name.contains(".downsamplers.") ? 2 : 1, 1, batch, side)
        : new Packing.Linear(batch * side * side);
  }
}
