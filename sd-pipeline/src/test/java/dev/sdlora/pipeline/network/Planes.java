package dev.sdlora.pipeline.network;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Planes of numbers, and the layers of convolutional networks on them in plain Java and double
 * precision.
 *
 * @param values [channels][height][width]
 */
@SuppressWarnings("ArrayRecordComponent")
public record Planes(double[] values, int channels, int height, int width) {

  /** Normally distributed numbers. */
  public static Planes random(int channels, int height, int width, long seed) {
    Random random = new Random(seed);
    Planes result = empty(channels, height, width);
    Arrays.setAll(result.values, i -> (float) random.nextGaussian());
    return result;
  }

  private static Planes empty(int channels, int height, int width) {
    return new Planes(new double[channels * height * width], channels, height, width);
  }

  /** The numbers as floats. */
  public float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** A number; 0 beyond the edges. */
  public double at(int channel, int y, int x) {
    return y < 0 || x < 0 || y >= height || x >= width
        ? 0
        : values[(channel * height + y) * width + x];
  }

  /**
   * A square convolution over all positions.
   *
   * @param kernel [out][in][side][side]
   * @param bias [out]
   */
  public Planes conv(float[] kernel, float[] bias, int stride) {
    int side = (int) Math.round(Math.sqrt(kernel.length / (double) (bias.length * channels)));
    Planes result =
        empty(bias.length, (height + stride - 1) / stride, (width + stride - 1) / stride);
    for (int i = 0; i < result.values.length; i++) {
      int out = i / (result.height * result.width);
      int top = i / result.width % result.height * stride - side / 2;
      int left = i % result.width * stride - side / 2;
      double sum = bias[out];
      for (int tap = 0; tap < channels * side * side; tap++) {
        int in = tap / (side * side);
        sum +=
            kernel[out * channels * side * side + tap]
                * at(in, top + tap / side % side, left + tap % side);
      }
      result.values[i] = sum;
    }
    return result;
  }

  /** Every number repeated twice in both directions. */
  public Planes doubled() {
    Planes result = empty(channels, 2 * height, 2 * width);
    for (int i = 0; i < result.values.length; i++) {
      int row = i / result.width;
      result.values[i] = at(row / result.height, row % result.height / 2, i % result.width / 2);
    }
    return result;
  }

  /** Means of squares of two by two, of what there is of them at the ends of odd sides. */
  public Planes halved() {
    Planes result = empty(channels, (height + 1) / 2, (width + 1) / 2);
    for (int i = 0; i < result.values.length; i++) {
      int y = 2 * (i / result.width % result.height);
      int x = 2 * (i % result.width);
      double sum = 0;
      for (int part = 0; part < 4; part++) {
        sum += at(i / (result.height * result.width), y + part / 2, x + part % 2);
      }
      int count = (y + 1 < height ? 2 : 1) * (x + 1 < width ? 2 : 1);
      result.values[i] = sum / count;
    }
    return result;
  }

  /** Squares of numbers as channels. */
  public Planes unshuffled(int side) {
    int square = side * side;
    Planes result = empty(channels * square, height / side, width / side);
    for (int i = 0; i < result.values.length; i++) {
      int c = i / (result.height * result.width);
      int y = i / result.width % result.height * side + c % square / side;
      result.values[i] = at(c / square, y, i % result.width * side + c % square % side);
    }
    return result;
  }

  /** Sides that are multiples of a number; what lies at the edges goes on. */
  public Planes continued(int side) {
    Planes result =
        empty(channels, (height + side - 1) / side * side, (width + side - 1) / side * side);
    for (int i = 0; i < result.values.length; i++) {
      int y = Math.min(i / result.width % result.height, height - 1);
      result.values[i] =
          at(i / (result.height * result.width), y, Math.min(i % result.width, width - 1));
    }
    return result;
  }

  /** A function of each number. */
  public Planes map(DoubleUnaryOperator function) {
    return new Planes(Arrays.stream(values).map(function).toArray(), channels, height, width);
  }

  /** This plus a multiple of another. */
  public Planes plus(Planes other, double factor) {
    Planes result = empty(channels, height, width);
    Arrays.setAll(result.values, i -> values[i] + factor * other.values[i]);
    return result;
  }

  /** The channels of this and of another. */
  public Planes with(Planes other) {
    double[] both = Arrays.copyOf(values, values.length + other.values.length);
    System.arraycopy(other.values, 0, both, values.length, other.values.length);
    return new Planes(both, channels + other.channels, height, width);
  }

  /** Moved to the right and down; what leaves comes back at the opposite edge. */
  public Planes rolled(int down, int right) {
    Planes result = empty(channels, height, width);
    for (int i = 0; i < values.length; i++) {
      int y = Math.floorMod(i / width % height - down, height);
      result.values[i] = at(i / (height * width), y, Math.floorMod(i % width - right, width));
    }
    return result;
  }
}
