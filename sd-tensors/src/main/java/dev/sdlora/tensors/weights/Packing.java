package dev.sdlora.tensors.weights;

import java.util.List;

/**
 * The layout of a weight for the kernels of the CPU (oneDNN's blocked formats). The layout is
 * chosen for the given problem size and works for other sizes too.
 */
public sealed interface Packing {

  /**
   * A matrix by which rows are multiplied: [out, in], or the kernel of a 1×1 convolution, which
   * does the same at each position.
   *
   * @param rows the number of rows multiplied at once
   */
  record Linear(int rows) implements Packing {}

  /**
   * Two matrices stored one below the other in the file, as for GEGLU: the upper half keeps the
   * name, the lower one is named {@code <module>.gate.weight}.
   *
   * @param rows the number of rows multiplied at once
   */
  record Gated(int rows) implements Packing {}

  /**
   * A matrix cut by its outputs, such as several layers over the same input that the file stores
   * one below the other. The first part keeps the name, the others are named {@code
   * <module>.<number>.weight} from 1.
   *
   * @param rows the number of rows multiplied at once
   * @param heights the number of outputs of each part
   */
  record Stacked(int rows, List<Long> heights) implements Packing {
    /** Copies the list. */
    public Stacked {
      heights = List.copyOf(heights);
    }
  }

  /**
   * A matrix cut by its inputs, whose products are summed; the parts are named as those of {@link
   * Stacked}.
   *
   * @param rows the number of rows multiplied at once
   * @param widths the number of inputs of each part
   */
  record Adjacent(int rows, List<Long> widths) implements Packing {
    /** Copies the list. */
    public Adjacent {
      widths = List.copyOf(widths);
    }
  }

  /**
   * The kernel of a convolution, [out, in, k, k].
   *
   * @param stride the distance between positions
   * @param padding the number of positions beyond each edge
   * @param batch the number of images in a batch
   * @param side the height and width of the input
   */
  record Convolution(int stride, int padding, int batch, int side) implements Packing {}

  /**
   * The kernel [out, in, 3, 3] of a convolution over an image doubled by nearest-neighbour
   * interpolation. It is packed as a convolution, for odd sizes; and, with the doubling included,
   * as the 4×4 kernel of a transposed convolution of stride 2 over the small image, which needs
   * 2.25 times fewer multiplications. The latter is named {@code <module>.doubling.weight}.
   *
   * @param batch the number of images in a batch
   * @param side the height and width of the small image
   */
  record Doubling(int batch, int side) implements Packing {}

  /**
   * Weights rounded to 8-bit integers, from -127 to 127, with one scale for each output of each
   * part: its largest magnitude divided by 127. Products are sums of integers, over inputs that are
   * rounded to 8 bits too. The scales are named like the weights, followed by {@code _scale}.
   *
   * <p>Weights with a change, such as a LoRA's, are not rounded; they have the layout instead.
   *
   * @param layout the cut, and the problem size
   */
  record Integers(Packing layout) implements Packing {
    /** Checks that there are integer products for the layout. */
    public Integers {
      if (layout instanceof Doubling || layout instanceof Integers) {
        throw new IllegalArgumentException("there are no integer products for " + layout);
      }
    }
  }
}
