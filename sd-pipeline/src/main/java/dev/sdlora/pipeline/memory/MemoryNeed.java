package dev.sdlora.pipeline.memory;

/**
 * The estimated peak memory of a request.
 *
 * @param nativeBytes bytes outside Java's heap
 * @param heapBytes bytes in Java's heap
 */
public record MemoryNeed(double nativeBytes, double heapBytes) {
  /** No memory. */
  public static final MemoryNeed NONE = new MemoryNeed(0, 0);

  /** Returns the sum of native and heap memory. */
  public double bytes() {
    return nativeBytes + heapBytes;
  }

  /** Returns the need of both at the same time. */
  public MemoryNeed and(MemoryNeed other) {
    return new MemoryNeed(nativeBytes + other.nativeBytes, heapBytes + other.heapBytes);
  }

  /** Subtracts a part from a sum. */
  MemoryNeed without(MemoryNeed part) {
    return new MemoryNeed(nativeBytes - part.nativeBytes, heapBytes - part.heapBytes);
  }

  /** Returns the need of both in sequence. */
  public MemoryNeed or(MemoryNeed other) {
    return new MemoryNeed(
        Math.max(nativeBytes, other.nativeBytes), Math.max(heapBytes, other.heapBytes));
  }
}
