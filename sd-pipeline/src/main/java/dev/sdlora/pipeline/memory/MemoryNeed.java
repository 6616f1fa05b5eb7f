package dev.sdlora.pipeline.memory;

/**
 * The most memory that a request takes at any time, estimated.
 *
 * @param nativeBytes outside of Java's heap
 * @param heapBytes on it
 */
public record MemoryNeed(double nativeBytes, double heapBytes) {
  /** No need at all. */
  public static final MemoryNeed NONE = new MemoryNeed(0, 0);

  /** Both together. */
  public double bytes() {
    return nativeBytes + heapBytes;
  }

  /** What is needed when both needs come at the same time. */
  public MemoryNeed and(MemoryNeed other) {
    return new MemoryNeed(nativeBytes + other.nativeBytes, heapBytes + other.heapBytes);
  }

  /** A sum without one of its parts. */
  MemoryNeed without(MemoryNeed part) {
    return new MemoryNeed(nativeBytes - part.nativeBytes, heapBytes - part.heapBytes);
  }

  /** What is needed when one need ends before the other begins. */
  public MemoryNeed or(MemoryNeed other) {
    return new MemoryNeed(
        Math.max(nativeBytes, other.nativeBytes), Math.max(heapBytes, other.heapBytes));
  }
}
