package dev.sdlora.tensors.weights;

import java.util.List;
import java.util.Random;

/**
 * Blocks of any bits.
 *
 * @param elements the number of elements in a block
 * @param bytes the size of a block in bytes
 * @param halves the offsets of its float16 numbers, which are made finite
 */
record RawBlocks(int elements, int bytes, List<Integer> halves) {
  static RawBlocks of(StoredFormat format) {
    return switch (format) {
      case Q4_0, IQ4_NL -> new RawBlocks(32, 18, List.of(0));
      case Q4_1 -> new RawBlocks(32, 20, List.of(0, 2));
      case Q5_0 -> new RawBlocks(32, 22, List.of(0));
      case Q5_1 -> new RawBlocks(32, 24, List.of(0, 2));
      case Q8_0 -> new RawBlocks(32, 34, List.of(0));
      case Q2_K -> new RawBlocks(256, 84, List.of(80, 82));
      case Q3_K -> new RawBlocks(256, 110, List.of(108));
      case Q4_K -> new RawBlocks(256, 144, List.of(0, 2));
      case Q5_K -> new RawBlocks(256, 176, List.of(0, 2));
      case Q6_K -> new RawBlocks(256, 210, List.of(208));
      case IQ4_XS -> new RawBlocks(256, 136, List.of(0));
      default -> throw new IllegalArgumentException(format + " has no blocks");
    };
  }

  byte[] random(int count, Random random) {
    byte[] blocks = new byte[count * bytes];
    random.nextBytes(blocks);
    for (int block = 0; block < count; block++) {
      for (int half : halves) {
        int high = block * bytes + half + 1;
        if ((blocks[high] & 0x7c) == 0x7c) {
          blocks[high] ^= (byte) (1 << (2 + random.nextInt(5)));
        }
      }
    }
    return blocks;
  }
}
