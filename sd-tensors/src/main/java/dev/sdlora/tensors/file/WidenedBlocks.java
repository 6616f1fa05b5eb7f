package dev.sdlora.tensors.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The tensors of a file that are stored in blocks. Each has an address past the end of the file, at
 * which its elements seem to lie as float32, so that entries and views of it are those of a float32
 * tensor; they are widened when they are read, a part at a time. Immutable.
 */
final class WidenedBlocks {
  /** The contents of a file without blocks. */
  static final WidenedBlocks NONE = new WidenedBlocks(new TreeMap<>());

  /** The elements that are widened at once; they and their blocks stay in a core's cache. */
  private static final int ELEMENTS_AT_ONCE = 1 << 16;

  private final TreeMap<Long, Stored> byAddress;

  /**
   * Creates the contents.
   *
   * @param byAddress the tensors by their addresses; without overlaps, and past the end of the file
   */
  WidenedBlocks(Map<Long, Stored> byAddress) {
    this.byAddress = new TreeMap<>(byAddress);
  }

  /**
   * A tensor in the file.
   *
   * @param type the format of its blocks
   * @param offset the offset of its first block from the start of the file
   */
  record Stored(BlockType type, long offset) {}

  /** Returns the format of the tensor at an address; empty if it is not stored in blocks. */
  Optional<BlockType> type(long address) {
    return Optional.ofNullable(byAddress.floorEntry(address)).map(each -> each.getValue().type());
  }

  /**
   * Fills a buffer up to its limit with bytes of one tensor, from an offset in the file or an
   * address.
   *
   * @throws java.io.EOFException if the file ends before the buffer is full
   */
  void readFully(FileChannel channel, ByteBuffer target, long address) throws IOException {
    Map.Entry<Long, Stored> found = byAddress.floorEntry(address);
    if (found == null) {
      Channels.readFully(channel, target, address);
    } else {
      widen(channel, target, found.getValue(), address - found.getKey());
    }
  }

  private static void widen(FileChannel channel, ByteBuffer target, Stored stored, long from)
      throws IOException {
    BlockType type = stored.type();
    long blockLength = (long) type.elements() * Float.BYTES;
    long block = from / blockLength;
    long end = Math.floorDiv(from + target.remaining() + blockLength - 1, blockLength);
    int atOnce = (int) Math.min(end - block, ELEMENTS_AT_ONCE / type.elements());
    byte[] bytes = new byte[atOnce * type.bytes()];
    float[] values = new float[atOnce * type.elements()];
    int skipped = (int) (from - block * blockLength);
    while (target.hasRemaining()) {
      int blocks = (int) Math.min(end - block, atOnce);
      ByteBuffer part = ByteBuffer.wrap(bytes, 0, blocks * type.bytes());
      Channels.readFully(channel, part, stored.offset() + block * type.bytes());
      type.decode(bytes, blocks, values);
      put(values, skipped, (int) (blocks * blockLength) - skipped, target);
      skipped = 0;
      block += blocks;
    }
  }

  /** Appends bytes of the values, at most as many as there is room for. */
  private static void put(float[] values, int from, int available, ByteBuffer target) {
    int length = Math.min(available, target.remaining());
    if (from % Float.BYTES == 0 && length % Float.BYTES == 0) {
      target
          .duplicate()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(values, from / Float.BYTES, length / Float.BYTES);
      target.position(target.position() + length);
      return;
    }
    for (int i = from; i < from + length; i++) {
      int bits = Float.floatToRawIntBits(values[i / Float.BYTES]);
      target.put((byte) (bits >>> (i % Float.BYTES * Byte.SIZE)));
    }
  }
}
