package dev.sdlora.pipeline.preprocess;

import dev.sdlora.pipeline.raster.GaussianBlur;
import dev.sdlora.pipeline.raster.Raster;
import java.util.Arrays;

/**
 * Gaussian blurs as OpenCV's {@code GaussianBlur} computes them when the size of the kernel follows
 * from the standard deviation. Beyond its edges, the image is mirrored about the outermost pixel.
 */
final class Gauss {
  /** Fixed-point weights have this many fractional bits. */
  private static final int BITS = 8;

  private Gauss() {}

  /** Blurs levels in fixed-point arithmetic, which is exact: the kernel of 8-bit images. */
  static Raster levels(Raster source, double sigma) {
    int[] kernel = fixed(kernel((int) Math.rint(sigma * 6 + 1) | 1, sigma));
    int channels = source.channels();
    int width = source.width();
    int height = source.height();
    int pitch = width * channels;
    int[] columns = mirrored(width, kernel.length / 2);
    int[] rows = mirrored(height, kernel.length / 2);
    int[] wide = new int[pitch * height];
    int[] line = new int[columns.length * channels];
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < line.length; i++) {
        line[i] = source.level(y * pitch + columns[i / channels] * channels + i % channels);
      }
      for (int k = 0; k < kernel.length; k++) {
        add(kernel[k], line, k * channels, wide, y * pitch, pitch);
      }
    }
    byte[] result = new byte[wide.length];
    int[] sums = new int[pitch];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 1 << (2 * BITS - 1));
      for (int k = 0; k < kernel.length; k++) {
        add(kernel[k], wide, rows[y + k] * pitch, sums, 0, pitch);
      }
      for (int i = 0; i < pitch; i++) {
        result[y * pitch + i] = (byte) Math.min(255, sums[i] >> (2 * BITS));
      }
    }
    return new Raster(width, height, channels, result);
  }

  private static void add(int weight, int[] from, int at, int[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += weight * from[at + i];
    }
  }

  /**
   * Blurs one channel in floating point.
   *
   * @param channel the index of the channel
   * @return [height][width]
   */
  static float[] plane(Raster source, int channel, double sigma) {
    double[] kernel = kernel((int) Math.rint(sigma * 8 + 1) | 1, sigma);
    int width = source.width();
    int height = source.height();
    int[] columns = mirrored(width, kernel.length / 2);
    int[] rows = mirrored(height, kernel.length / 2);
    float[] wide = new float[width * height];
    float[] line = new float[columns.length];
    double[] sums = new double[width];
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < line.length; i++) {
        line[i] = source.level((y * width + columns[i]) * source.channels() + channel);
      }
      Arrays.fill(sums, 0);
      for (int k = 0; k < kernel.length; k++) {
        add((float) kernel[k], line, k, sums);
      }
      store(sums, wide, y * width);
    }
    float[] result = new float[wide.length];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 0);
      for (int k = 0; k < kernel.length; k++) {
        add((float) kernel[k], wide, rows[y + k] * width, sums);
      }
      store(sums, result, y * width);
    }
    return result;
  }

  private static void add(double weight, float[] from, int at, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * from[at + i];
    }
  }

  private static void store(double[] sums, float[] to, int at) {
    for (int i = 0; i < sums.length; i++) {
      to[at + i] = (float) sums[i];
    }
  }

  private static double[] kernel(int size, double sigma) {
    double[] kernel = new double[size];
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double x = i - (size - 1) * 0.5;
      kernel[i] = Math.exp(-0.5 / (sigma * sigma) * x * x);
      sum += kernel[i];
    }
    for (int i = 0; i < size; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  /** Rounds weights from both ends to the middle, passing errors on, so that their sum is 1. */
  private static int[] fixed(double[] kernel) {
    int[] fixed = new int[kernel.length];
    int middle = kernel.length / 2;
    int sum = 0;
    double error = 0;
    for (int i = 0; i < middle; i++) {
      double weight = kernel[i] * (1 << BITS) + error;
      fixed[i] = (int) Math.rint(weight);
      fixed[kernel.length - 1 - i] = fixed[i];
      error = weight - fixed[i];
      sum += 2 * fixed[i];
    }
    fixed[middle] = (1 << BITS) - sum;
    return fixed;
  }

  /** Returns the pixels of a line that is extended on both sides. */
  private static int[] mirrored(int size, int radius) {
    int[] pixels = new int[size + 2 * radius];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = GaussianBlur.mirrored(i - radius, size);
    }
    return pixels;
  }
}
