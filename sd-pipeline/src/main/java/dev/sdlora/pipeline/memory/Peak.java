package dev.sdlora.pipeline.memory;

/**
 * Adds up the tensors that live at the same time as a program is walked through. Sizes are given in
 * numbers of one image of a batch. Not safe for use by several threads.
 */
final class Peak {
  /**
   * Blocks from here on are mapped for good: the limit of glibc begins at 128 KB and rises with
   * every mapped block that is freed, up to {@code DEFAULT_MMAP_THRESHOLD_MAX}.
   */
  private static final double MAPPED = 32 << 20;

  /**
   * How large arenas become by the blocks that are in them at once: there is a hole for every two
   * blocks (Knuth's fifty per cent rule, The Art of Computer Programming 2.5), here of their size.
   */
  private static final double WITH_HOLES = 1.5;

  /**
   * glibc gives back the free end of an arena when it is twice as large as the limit above, which
   * has risen to its most while weights were read.
   */
  private static final double KEPT = 2 * MAPPED;

  private final int number;
  private final int pictures;
  private double mapped;
  private double pooled;
  private double mostPooled;
  private Blocks most = Blocks.NONE;

  /**
   * The start of a program.
   *
   * @param number bytes of a number
   * @param pictures how many are computed at once
   */
  Peak(int number, int pictures) {
    this.number = number;
    this.pictures = pictures;
  }

  /** As many numbers in float32, counted in those of the program. */
  double wide(double numbers) {
    return numbers * Float.BYTES / number;
  }

  /** A tensor that lives on until it is dropped. */
  void keep(double numbers) {
    add(numbers, 1);
    look();
  }

  /** The end of a tensor that was kept. */
  void drop(double numbers) {
    add(numbers, -1);
  }

  /** Tensors that live for a moment, beside what is kept. */
  void at(double... numbers) {
    for (double tensor : numbers) {
      add(tensor, 1);
    }
    look();
    for (double tensor : numbers) {
      add(tensor, -1);
    }
  }

  private void add(double numbers, int times) {
    double block = (double) number * pictures * numbers;
    if (block >= MAPPED) {
      mapped += times * block;
    } else {
      pooled += times * block;
    }
  }

  private void look() {
    mostPooled = Math.max(mostPooled, pooled);
    double kept = Math.min(KEPT, WITH_HOLES * mostPooled);
    most = most.or(new Blocks(mapped + WITH_HOLES * pooled, mapped, kept));
  }

  /** The most there was. */
  Blocks most() {
    return most;
  }
}
