package dev.sdlora.families.memory;

/**
 * The estimated peak memory of a request.
 *
 * @param nativeBytes bytes outside Java's heap
 * @param heapBytes bytes in Java's heap
 * @param pooledBytes the part of the native bytes in blocks that the C library takes from what
 *     earlier requests freed, rather than mapping them anew
 */
public record MemoryNeed(double nativeBytes, double heapBytes, double pooledBytes) {
  /** No memory. */
  public static final MemoryNeed NONE = new MemoryNeed(0, 0);

  /** Creates a need of mapped blocks alone. */
  public MemoryNeed(double nativeBytes, double heapBytes) {
    this(nativeBytes, heapBytes, 0);
  }

  /** Returns the sum of native and heap memory. */
  public double bytes() {
    return nativeBytes + heapBytes;
  }

  /** Returns the need of both at the same time. */
  public MemoryNeed and(MemoryNeed other) {
    return new MemoryNeed(
        nativeBytes + other.nativeBytes,
        heapBytes + other.heapBytes,
        pooledBytes + other.pooledBytes);
  }

  /** Subtracts a part from a sum. */
  MemoryNeed without(MemoryNeed part) {
    return new MemoryNeed(
        nativeBytes - part.nativeBytes, heapBytes - part.heapBytes, pooledBytes - part.pooledBytes);
  }

  /** Returns what is needed beyond memory that the process has freed and keeps. */
  public MemoryNeed beyond(double freed) {
    double reused = Math.min(freed, pooledBytes);
    return new MemoryNeed(nativeBytes - reused, heapBytes, pooledBytes - reused);
  }

  /** Returns the need of both in sequence. */
  public MemoryNeed or(MemoryNeed other) {
    double most = Math.max(nativeBytes, other.nativeBytes);
    double mapped = Math.max(nativeBytes - pooledBytes, other.nativeBytes - other.pooledBytes);
    return new MemoryNeed(most, Math.max(heapBytes, other.heapBytes), most - mapped);
  }
}
