package dev.sdlora.tensors.weights;

/**
 * How a weight is laid out for the kernels of the processor (oneDNN's blocked formats). The layout
 * is chosen for the size of the work that is named, and serves others as well.
 */
public sealed interface Packing {

  /**
   * A matrix that rows are multiplied by: [out, in], or the kernel of a 1×1 convolution, which is
   * the same to each position.
   *
   * @param rows how many rows are multiplied at once
   */
  record Linear(int rows) implements Packing {}

  /**
   * Two such matrices that the file keeps one below the other, as GEGLU has them: the upper half
   * keeps the name, the lower one is named {@code <module>.gate.weight}.
   *
   * @param rows how many rows are multiplied at once
   */
  record Gated(int rows) implements Packing {}

  /**
   * The kernel of a convolution, [out, in, k, k].
   *
   * @param stride positions from one to the next
   * @param padding positions beyond each edge
   * @param batch how many images there are at once
   * @param side height and width of what it goes over
   */
  record Convolution(int stride, int padding, int batch, int side) implements Packing {}

  /**
   * The kernel [out, in, 3, 3] of a convolution over an image that nearest neighbours make twice as
   * large. It is packed as such, for odd sizes; and, with the enlarging within, as the 4×4 kernel
   * of a transposed convolution of stride 2 over the small image, which multiplies 2.25 times fewer
   * numbers. That is named {@code <module>.doubling.weight}.
   *
   * @param batch how many images there are at once
   * @param side height and width of the small image
   */
  record Doubling(int batch, int side) implements Packing {}
}
