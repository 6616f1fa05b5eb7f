package dev.sdlora.benchmarks.model;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.Floats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.SplittableRandom;

/**
 * A float16 tensor of random numbers, generated while it is written. The numbers are sums of four
 * uniform ones, which are close enough to normal for weights and ten times cheaper.
 *
 * @param elements the number of elements
 * @param mean their mean
 * @param deviation their standard deviation; 0 for a constant tensor
 * @param seed equal seeds give equal numbers
 */
public record RandomHalves(long elements, double mean, double deviation, long seed)
    implements SafetensorsWriter.Source {

  private static final int CHUNK = 1 << 15;

  /** The standard deviation of the sum of four 16-bit numbers, 65536 / √3. */
  private static final double SUM_DEVIATION = 65536 / Math.sqrt(3);

  private static final int SUM_MEAN = 2 * 65535;

  @Override
  public void writeTo(WritableByteChannel channel) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long left = elements; left > 0; left -= CHUNK) {
      chunk.clear();
      for (long i = Math.min(left, CHUNK); i > 0; i--) {
        double value = mean + deviation / SUM_DEVIATION * centredSum(random.nextLong());
        chunk.putShort(Floats.toHalf((float) value));
      }
      channel.write(chunk.flip());
    }
  }

  private static int centredSum(long bits) {
    int sum = 0;
    for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
      sum += (int) (bits >>> shift) & 0xffff;
    }
    return sum - SUM_MEAN;
  }
}
