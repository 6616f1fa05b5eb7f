package dev.sdlora.training.adapter;

import dev.sdlora.lora.format.Part;
import java.util.List;

/**
 * A tensor that is trained for a layer.
 *
 * @param name its name in the network, after the layer's name and a dot
 * @param part its name in files
 * @param shape its shape
 * @param start its first values
 * @param plus whether LoRA+ gives it the higher learning rate
 */
record Factor(String name, Part part, List<Long> shape, Start start, boolean plus) {

  /** The distribution of the first values of a factor. */
  enum Distribution {
    /** All zeros. */
    ZERO,
    /** Uniform within ±size. */
    UNIFORM,
    /** Normal with the deviation size. */
    NORMAL,
    /** The norm of each row of the layer's weight. */
    ROW_NORMS
  }

  /**
   * The first values of a factor.
   *
   * @param distribution their distribution
   * @param size its bound or deviation
   */
  record Start(Distribution distribution, double size) {
    static final Start ZERO = new Start(Distribution.ZERO, 0);

    /** PyTorch's initialisation of linear layers: uniform within ±1/√inputs. */
    static Start uniform(long inputs) {
      return new Start(Distribution.UNIFORM, 1 / Math.sqrt((double) inputs));
    }

    static Start normal(double deviation) {
      return new Start(Distribution.NORMAL, deviation);
    }
  }

  /** A factor that has the same name in networks and in files. */
  Factor(Part part, List<Long> shape, Start start) {
    this(part.ending(), part, shape, start, part == Part.LORA_UP);
  }

  /** The number of numbers. */
  int size() {
    return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
  }
}
