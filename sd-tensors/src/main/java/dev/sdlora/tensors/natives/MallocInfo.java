package dev.sdlora.tensors.natives;

import com.sun.jna.Structure;

/**
 * What glibc's {@code mallinfo2} returns, of type {@code size_t} each; filled by JNA, which needs
 * the class and its fields to be public.
 */
@Structure.FieldOrder({
  "arena",
  "ordblks",
  "smblks",
  "hblks",
  "hblkhd",
  "usmblks",
  "fsmblks",
  "uordblks",
  "fordblks",
  "keepcost"
})
public final class MallocInfo extends Structure implements Structure.ByValue {
  /** Bytes of heaps. */
  public long arena;

  /** Free blocks. */
  public long ordblks;

  /** Free blocks in bins for small ones. */
  public long smblks;

  /** Blocks that have a mapping of their own. */
  public long hblks;

  /** Bytes of blocks that have a mapping of their own. */
  public long hblkhd;

  /** Unused. */
  public long usmblks;

  /** Bytes of free blocks in bins for small ones. */
  public long fsmblks;

  /** Bytes of blocks in use in heaps. */
  public long uordblks;

  /** Bytes of free blocks in heaps. */
  public long fordblks;

  /** Bytes at the end of a heap that can be given back. */
  public long keepcost;
}
