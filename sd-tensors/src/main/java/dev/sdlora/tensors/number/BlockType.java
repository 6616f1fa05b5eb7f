package dev.sdlora.tensors.number;

import java.util.Arrays;
import java.util.Optional;

/**
 * A format of GGUF files that stores elements in blocks with a common scale. The names and numbers
 * are those of ggml.
 */
public enum BlockType {
  /** 4 bits and a scale for 32 elements. */
  Q4_0(2, 32, 18),
  /** 4 bits, a scale and a minimum for 32 elements. */
  Q4_1(3, 32, 20),
  /** 5 bits and a scale for 32 elements. */
  Q5_0(6, 32, 22),
  /** 5 bits, a scale and a minimum for 32 elements. */
  Q5_1(7, 32, 24),
  /** 8 bits and a scale for 32 elements. */
  Q8_0(8, 32, 34),
  /** 2 bits, with 4-bit scales and minimums for every 16 of 256 elements. */
  Q2_K(10, 256, 84),
  /** 3 bits, with 6-bit scales for every 16 of 256 elements. */
  Q3_K(11, 256, 110),
  /** 4 bits, with 6-bit scales and minimums for every 32 of 256 elements. */
  Q4_K(12, 256, 144),
  /** 5 bits, with 6-bit scales and minimums for every 32 of 256 elements. */
  Q5_K(13, 256, 176),
  /** 6 bits, with 8-bit scales for every 16 of 256 elements. */
  Q6_K(14, 256, 210),
  /** 4 bits that choose one of 16 uneven levels, and a scale for 32 elements. */
  IQ4_NL(20, 32, 18),
  /** The levels of IQ4_NL, with 6-bit scales for every 32 of 256 elements. */
  IQ4_XS(23, 256, 136);

  private final int number;
  private final int elements;
  private final int bytes;

  BlockType(int number, int elements, int bytes) {
    this.number = number;
    this.elements = elements;
    this.bytes = bytes;
  }

  /** Returns the type with a number of ggml; empty if it is none of these. */
  public static Optional<BlockType> numbered(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /** Returns the number by which ggml knows the type. */
  public int number() {
    return number;
  }

  /** Returns the number of elements in a block: 32 or 256. */
  public int elements() {
    return elements;
  }

  /** Returns the size of a block in bytes. */
  public int bytes() {
    return bytes;
  }

  /**
   * Widens consecutive blocks to float32, rounding as ggml does.
   *
   * @param source the blocks, from its start
   * @param blocks the number of blocks
   * @param target receives the elements, from its start
   */
  public void decode(byte[] source, int blocks, float[] target) {
    switch (this) {
      case Q4_0 -> SmallBlocks.q4(source, blocks, target);
      case Q4_1 -> SmallBlocks.q4WithMinimum(source, blocks, target);
      case Q5_0 -> SmallBlocks.q5(source, blocks, target);
      case Q5_1 -> SmallBlocks.q5WithMinimum(source, blocks, target);
      case Q8_0 -> SmallBlocks.q8(source, blocks, target);
      case IQ4_NL -> SmallBlocks.levels(source, blocks, target);
      case Q2_K -> LargeBlocks.q2(source, blocks, target);
      case Q3_K -> LargeBlocks.q3(source, blocks, target);
      case Q4_K -> LargeBlocks.q4(source, blocks, target);
      case Q5_K -> LargeBlocks.q5(source, blocks, target);
      case Q6_K -> LargeBlocks.q6(source, blocks, target);
      case IQ4_XS -> LargeBlocks.levels(source, blocks, target);
    }
  }

  /** Whether {@link #encode} supports this type: all but those with uneven levels. */
  public boolean isWritable() {
    return this != IQ4_NL && this != IQ4_XS;
  }

  /**
   * Rounds floats to consecutive blocks. Blocks of 32 elements are those of ggml's reference
   * implementation, bit for bit. Blocks of 256 have scales with a small sum of squared errors.
   *
   * @param source finite elements, from its start
   * @param blocks the number of blocks
   * @param target receives the blocks, from its start; a scale beyond the range of float16 is
   *     written as infinity
   * @throws IllegalArgumentException if the type is not {@linkplain #isWritable writable}
   */
  public void encode(float[] source, int blocks, byte[] target) {
    switch (this) {
      case Q4_0 -> SmallRounding.q4(source, blocks, target);
      case Q4_1 -> SmallRounding.q4WithMinimum(source, blocks, target);
      case Q5_0 -> SmallRounding.q5(source, blocks, target);
      case Q5_1 -> SmallRounding.q5WithMinimum(source, blocks, target);
      case Q8_0 -> SmallRounding.q8(source, blocks, target);
      case Q2_K -> new LargeRounding().q2(source, blocks, target);
      case Q3_K -> new LargeRounding().q3(source, blocks, target);
      case Q4_K -> new LargeRounding().q4(source, blocks, target);
      case Q5_K -> new LargeRounding().q5(source, blocks, target);
      case Q6_K -> new LargeRounding().q6(source, blocks, target);
      case IQ4_NL, IQ4_XS ->
          throw new IllegalArgumentException("blocks of this type cannot be written: " + this);
    }
  }
}
