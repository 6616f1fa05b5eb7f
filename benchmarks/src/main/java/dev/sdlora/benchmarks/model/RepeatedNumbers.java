package dev.sdlora.benchmarks.model;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/**
 * A block of normally distributed 16-bit numbers that fills tensors of any size by repetition, as
 * fast as a disk writes. Its length is a prime number, so the rows of a matrix differ.
 */
final class RepeatedNumbers {
  private static final int COUNT = 1_048_573;

  private final byte[] block = new byte[COUNT * Short.BYTES];

  /**
   * Creates a block.
   *
   * @param format {@link DType#BF16} or {@link DType#F16}
   * @param deviation the standard deviation of its numbers, whose mean is 0
   * @param seed equal seeds give equal numbers
   */
  RepeatedNumbers(DType format, double deviation, long seed) {
    Random random = new Random(seed);
    ByteBuffer buffer = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COUNT; i++) {
      float number = (float) (deviation * random.nextGaussian());
      buffer.putShort(format == DType.F16 ? Floats.toHalf(number) : Floats.toBfloat16(number));
    }
  }

  /**
   * Returns the bytes of a tensor.
   *
   * @param elements the number of elements
   * @param start any number, which selects the first of them
   */
  SafetensorsWriter.Source source(long elements, int start) {
    return channel -> {
      int from = Math.floorMod(start, COUNT) * Short.BYTES;
      for (long left = elements * Short.BYTES; left > 0; ) {
        int length = (int) Math.min(left, block.length - from);
        channel.write(ByteBuffer.wrap(block, from, length));
        left -= length;
        from = 0;
      }
    };
  }
}
