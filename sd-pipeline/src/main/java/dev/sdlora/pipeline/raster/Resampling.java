package dev.sdlora.pipeline.raster;

/**
 * Resampling filters: separable, stretched over all source pixels when an image is reduced, and
 * rounded to levels after rows and again after columns. The results equal those of Pillow.
 */
public enum Resampling {
  /** The source pixel at the centre of each new pixel. */
  NEAREST(0),

  /** Cubic convolution (Keys 1981) with a = −0.5. */
  BICUBIC(2),

  /** A sinc windowed by a sinc, with three lobes (Lanczos; Turkowski 1990). */
  LANCZOS(3);

  /** Weights are integers with this many fractional bits, so that sums are exact. */
  private static final int BITS = 22;

  private final double radius;

  Resampling(double radius) {
    this.radius = radius;
  }

  /** Resizes an image; returns the same image if the size does not change. */
  public Raster resize(Raster source, int width, int height) {
    Raster wide = width == source.width() ? source : columns(source, width);
    return height == wide.height() ? wide : transpose(columns(transpose(wide), height));
  }

  private double weight(double x) {
    return switch (this) {
      case NEAREST -> 1;
      case BICUBIC -> cubic(x);
      case LANCZOS -> lanczos(x);
    };
  }

  private static double cubic(double x) {
    double t = Math.abs(x);
    if (t < 1) {
      return (1.5 * t - 2.5) * t * t + 1;
    }
    return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
  }

  private static double lanczos(double x) {
    return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }

  private Raster columns(Raster source, int width) {
    int channels = source.channels();
    byte[] result = new byte[width * source.height() * channels];
    for (int x = 0; x < width; x++) {
      Taps taps = taps(x, source.width(), width);
      for (int y = 0; y < source.height(); y++) {
        for (int c = 0; c < channels; c++) {
          int from = (y * source.width() + taps.first()) * channels + c;
          long sum = 1L << (BITS - 1);
          for (int i = 0; i < taps.weights().length; i++) {
            sum += (long) taps.weights()[i] * source.level(from + i * channels);
          }
          result[(y * width + x) * channels + c] = clamp(sum >> BITS);
        }
      }
    }
    return new Raster(width, source.height(), channels, result);
  }

  private static byte clamp(long level) {
    return (byte) Math.max(0, Math.min(255, level));
  }

  /** The source pixels of a new pixel, with their weights. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Taps(int first, int[] weights) {}

  private Taps taps(int x, int from, int to) {
    double scale = (double) from / to;
    double centre = (x + 0.5) * scale;
    if (this == NEAREST) {
      return new Taps((int) centre, new int[] {1 << BITS});
    }
    double stretch = Math.max(1, scale);
    int first = Math.max(0, (int) (centre - radius * stretch + 0.5));
    int end = Math.min(from, (int) (centre + radius * stretch + 0.5));
    double[] weights = new double[end - first];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weight((first + i + 0.5 - centre) / stretch);
      sum += weights[i];
    }
    int[] fixed = new int[weights.length];
    for (int i = 0; i < fixed.length; i++) {
      // Rounds halves away from zero, as Pillow does.
      double weight = weights[i] / sum * (1 << BITS);
      fixed[i] = (int) (weight + Math.copySign(0.5, weight));
    }
    return new Taps(first, fixed);
  }

  private static Raster transpose(Raster source) {
    int width = source.width();
    int height = source.height();
    int channels = source.channels();
    byte[] result = new byte[source.samples().length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            source.samples(),
            (y * width + x) * channels,
            result,
            (x * height + y) * channels,
            channels);
      }
    }
    return new Raster(height, width, channels, result);
  }
}
