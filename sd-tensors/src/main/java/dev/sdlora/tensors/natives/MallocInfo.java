package dev.sdlora.tensors.natives;

import com.sun.jna.Structure;

/**
 * The result of glibc's {@code mallinfo2}, each field of type {@code size_t}; filled by JNA, which
 * requires a public class with public fields.
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
  /** Bytes in heaps. */
  public long arena;

  /** Free blocks. */
  public long ordblks;

  /** Free blocks in bins for small blocks. */
  public long smblks;

  /** Blocks with a mapping of their own. */
  public long hblks;

  /** Bytes of blocks with a mapping of their own. */
  public long hblkhd;

  /** Unused. */
  public long usmblks;

  /** Bytes of free blocks in bins for small blocks. */
  public long fsmblks;

  /** Bytes of blocks in use in heaps. */
  public long uordblks;

  /** Bytes of free blocks in heaps. */
  public long fordblks;

  /** Bytes at the end of a heap that can be returned to the system. */
  public long keepcost;
}
