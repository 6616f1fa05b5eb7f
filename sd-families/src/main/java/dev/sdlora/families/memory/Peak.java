package dev.sdlora.families.memory;

/**
 * Adds up the tensors that are live at the same time while a program is walked through. Sizes are
 * numbers of elements for one image of a batch. Not thread-safe.
 */
final class Peak {
  /**
   * AllocatedBytes of this size and more are always mapped: glibc's threshold starts at 128 KB and
   * rises with every mapped block that is freed, up to {@code DEFAULT_MMAP_THRESHOLD_MAX}.
   */
  private static final double MAPPED = 32 << 20;

  /**
   * Size of arenas relative to their live blocks: there is a hole for every two blocks (Knuth's
   * fifty percent rule, The Art of Computer Programming 2.5), here of the same size.
   */
  private static final double WITH_HOLES = 1.5;

  /**
   * glibc returns the free end of an arena when it is twice as large as the threshold above, which
   * has reached its maximum while weights were loaded.
   */
  private static final double KEPT = 2 * MAPPED;

  private final int number;
  private final int images;
  private double mapped;
  private double pooled;
  private double mostPooled;
  private AllocatedBytes most = AllocatedBytes.NONE;

  /**
   * Creates an empty sum.
   *
   * @param number bytes of an element
   * @param images the number of images in a batch
   */
  Peak(int number, int images) {
    this.number = number;
    this.images = images;
  }

  /** Converts a number of float32 elements to elements of the program. */
  double wide(double numbers) {
    return numbers * Float.BYTES / number;
  }

  /** Adds a tensor that is live until it is dropped. */
  void keep(double numbers) {
    add(numbers, 1);
    measure();
  }

  /** Removes a tensor that was kept. */
  void drop(double numbers) {
    add(numbers, -1);
  }

  /** Adds tensors that are live briefly, in addition to those that are kept. */
  void at(double... numbers) {
    for (double tensor : numbers) {
      add(tensor, 1);
    }
    measure();
    for (double tensor : numbers) {
      add(tensor, -1);
    }
  }

  private void add(double numbers, int times) {
    double block = (double) number * images * numbers;
    if (block >= MAPPED) {
      mapped += times * block;
    } else {
      pooled += times * block;
    }
  }

  private void measure() {
    mostPooled = Math.max(mostPooled, pooled);
    double kept = Math.min(KEPT, WITH_HOLES * mostPooled);
    most = most.or(new AllocatedBytes(mapped + WITH_HOLES * pooled, mapped, kept));
  }

  /** The peak so far. */
  AllocatedBytes most() {
    return most;
  }
}
