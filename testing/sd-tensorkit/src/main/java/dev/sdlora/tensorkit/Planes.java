package dev.sdlora.tensorkit;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * Planes of numbers, with the layers of convolutional networks in plain Java and double precision.
 *
 * @param values [channels][height][width]
 * @param channels the number of planes
 * @param height rows
 * @param width columns
 */
@SuppressWarnings("ArrayRecordComponent")
public record Planes(double[] values, int channels, int height, int width) {

  /** Returns normally distributed numbers. */
  public static Planes random(int channels, int height, int width, long seed) {
    Random random = new Random(seed);
    Planes result = empty(channels, height, width);
    Arrays.setAll(result.values, i -> (float) random.nextGaussian());
    return result;
  }

  private static Planes empty(int channels, int height, int width) {
    return new Planes(new double[channels * height * width], channels, height, width);
  }

  /** Returns the numbers as floats. */
  public float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Returns a number; 0 outside the edges. */
  public double at(int channel, int y, int x) {
    return y < 0 || x < 0 || y >= height || x >= width
        ? 0
        : values[(channel * height + y) * width + x];
  }

  /**
   * Applies a square convolution at all positions.
   *
   * @param kernel [out][in][side][side]
   * @param bias [out]
   * @param stride the distance between positions
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

  /** Repeats every number twice in both directions. */
  public Planes doubled() {
    Planes result = empty(channels, 2 * height, 2 * width);
    for (int i = 0; i < result.values.length; i++) {
      int row = i / result.width;
      result.values[i] = at(row / result.height, row % result.height / 2, i % result.width / 2);
    }
    return result;
  }

  /** Averages squares of two by two; those at the ends of odd sides are smaller. */
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

  /** Converts squares of numbers to channels. */
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

  /** Pads the sides to multiples of a number by repeating the edges. */
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

  /** Applies a function to each number. */
  public Planes map(DoubleUnaryOperator function) {
    return new Planes(Arrays.stream(values).map(function).toArray(), channels, height, width);
  }

  /** Adds a multiple of other planes. */
  public Planes plus(Planes other, double factor) {
    Planes result = empty(channels, height, width);
    Arrays.setAll(result.values, i -> values[i] + factor * other.values[i]);
    return result;
  }

  /** Concatenates the channels. */
  public Planes with(Planes other) {
    double[] both = Arrays.copyOf(values, values.length + other.values.length);
    System.arraycopy(other.values, 0, both, values.length, other.values.length);
    return new Planes(both, channels + other.channels, height, width);
  }

  /** Rolls down and to the right; what leaves at one edge re-enters at the opposite edge. */
  public Planes rolled(int down, int right) {
    Planes result = empty(channels, height, width);
    for (int i = 0; i < values.length; i++) {
      int y = Math.floorMod(i / width % height - down, height);
      result.values[i] = at(i / (height * width), y, Math.floorMod(i % width - right, width));
    }
    return result;
  }
}
