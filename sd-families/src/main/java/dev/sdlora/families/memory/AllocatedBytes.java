package dev.sdlora.families.memory;

/**
 * Native memory of an operation in bytes, as managed by glibc's allocator. AllocatedBytes of 32 MB
 * and more are mapped individually and return to the kernel as soon as they are freed. Smaller ones
 * are allocated from arenas, which fragment, and up to 64 MB of free memory at the end of an arena
 * stay resident.
 *
 * @param most the peak: mapped blocks, and arenas including fragmentation
 * @param mapped the peak of mapped blocks
 * @param kept memory that arenas keep when they are empty
 */
public record AllocatedBytes(double most, double mapped, double kept) {
  /** No memory. */
  public static final AllocatedBytes NONE = new AllocatedBytes(0, 0, 0);

  /** Weights that are loaded temporarily and reuse the memory of earlier ones. */
  public static AllocatedBytes weights(long bytes) {
    return new AllocatedBytes(bytes, bytes, 0);
  }

  /** Returns the memory of both operations at the same time. */
  public AllocatedBytes and(AllocatedBytes other) {
    return new AllocatedBytes(most + other.most, mapped + other.mapped, Math.max(kept, other.kept));
  }

  /** Returns the memory of both operations in sequence. */
  public AllocatedBytes or(AllocatedBytes other) {
    return new AllocatedBytes(
        Math.max(most, other.most), Math.max(mapped, other.mapped), Math.max(kept, other.kept));
  }

  /** The part of {@link #bytes} in arenas, which use freed memory again. */
  public double pooled() {
    return bytes() - mapped;
  }

  /** The resident memory, including what arenas keep from earlier operations. */
  public double bytes() {
    return Math.max(most, mapped + kept);
  }
}
