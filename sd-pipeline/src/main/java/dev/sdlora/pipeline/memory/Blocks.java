package dev.sdlora.pipeline.memory;

/**
 * Native memory in bytes that some work takes, as glibc's allocator has it. Blocks of 32 MB and
 * more are mapped one by one and go back to the kernel as soon as they are freed. Smaller ones are
 * cut out of arenas, where holes are left between them, and the free end of an arena of up to 64 MB
 * stays resident.
 *
 * @param most at any time: what is mapped, and the arenas with their holes
 * @param mapped the most that is mapped
 * @param kept what arenas keep when nothing is in them any more
 */
public record Blocks(double most, double mapped, double kept) {
  /** Nothing at all. */
  public static final Blocks NONE = new Blocks(0, 0, 0);

  /** Weights that are read for a while and fit where others were before. */
  public static Blocks weights(long bytes) {
    return new Blocks(bytes, bytes, 0);
  }

  /** Both at the same time. */
  public Blocks and(Blocks other) {
    return new Blocks(most + other.most, mapped + other.mapped, Math.max(kept, other.kept));
  }

  /** One after the other. */
  public Blocks or(Blocks other) {
    return new Blocks(
        Math.max(most, other.most), Math.max(mapped, other.mapped), Math.max(kept, other.kept));
  }

  /** Resident memory, with what arenas kept of what was before. */
  public double bytes() {
    return Math.max(most, mapped + kept);
  }
}
