package dev.sdlora.pipeline.raster;

import dev.sdlora.api.image.Image;
import java.util.Arrays;

/**
 * An image or a mask of any size.
 *
 * @param width columns
 * @param height rows
 * @param channels 3 for red, green and blue, 1 for a mask
 * @param samples [height][width][channels], 0 to 255; must not be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and large.
public record Raster(int width, int height, int channels, byte[] samples) {
  /**
   * Checks the number of samples.
   *
   * @throws IllegalArgumentException if it does not match the size, or a side is not positive
   */
  public Raster {
    if (width < 1 || height < 1 || samples.length != (long) width * height * channels) {
      throw new IllegalArgumentException(
          "%s samples do not match %s x %s pixels with %s channels"
              .formatted(samples.length, width, height, channels));
    }
  }

  /** Creates a raster with the same level in all samples. */
  public static Raster filled(int width, int height, int channels, int level) {
    byte[] samples = new byte[width * height * channels];
    Arrays.fill(samples, (byte) level);
    return new Raster(width, height, channels, samples);
  }

  /** Copies the pixels of an image. */
  public static Raster of(Image image) {
    return new Raster(image.width(), image.height(), 3, image.rgb());
  }

  /** Converts three channels to an image. */
  public Image toImage() {
    return Image.of(width, height, samples);
  }

  /** Returns the brightness of a three-channel image, with the weights of ITU-R BT.601. */
  public Raster grey() {
    byte[] grey = new byte[width * height];
    for (int i = 0; i < grey.length; i++) {
      double luma = 0.299 * level(3 * i) + 0.587 * level(3 * i + 1) + 0.114 * level(3 * i + 2);
      grey[i] = (byte) Math.round(luma);
    }
    return new Raster(width, height, 1, grey);
  }

  /** Returns the sample at an index of the array, 0 to 255. */
  public int level(int index) {
    return samples[index] & 0xff;
  }

  /** Whether another raster has the same width and height. */
  public boolean isAsLargeAs(Raster other) {
    return width == other.width && height == other.height;
  }

  /** Returns a part, which must lie inside. */
  public Raster crop(Box box) {
    byte[] part = new byte[box.width() * box.height() * channels];
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * width + box.left()) * channels;
      System.arraycopy(samples, from, part, y * box.width() * channels, box.width() * channels);
    }
    return new Raster(box.width(), box.height(), channels, part);
  }

  /** Returns a copy with another raster drawn over it; parts outside are cropped. */
  public Raster with(Raster other, int left, int top) {
    byte[] result = samples.clone();
    int from = Math.max(0, left);
    int to = Math.min(width, left + other.width);
    for (int y = Math.max(0, top); y < Math.min(height, top + other.height) && from < to; y++) {
      System.arraycopy(
          other.samples,
          ((y - top) * other.width + from - left) * channels,
          result,
          (y * width + from) * channels,
          (to - from) * channels);
    }
    return new Raster(width, height, channels, result);
  }

  /** Returns a copy with inverted levels: 0 becomes 255. */
  public Raster inverted() {
    byte[] result = new byte[samples.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) ~samples[i];
    }
    return new Raster(width, height, channels, result);
  }

  /** Returns a copy with levels multiplied by a factor, at most 255. */
  public Raster amplified(int factor) {
    byte[] result = new byte[samples.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) Math.min(255, factor * level(i));
    }
    return new Raster(width, height, channels, result);
  }

  /**
   * Blends this with another raster of the same size.
   *
   * @param over the upper raster
   * @param mask one channel: 0 selects this raster's pixel exactly, 255 the upper one's
   */
  public Raster blend(Raster over, Raster mask) {
    byte[] result = new byte[samples.length];
    for (int i = 0; i < result.length; i++) {
      int share = mask.level(i / channels);
      int sum = level(i) * (255 - share) + over.level(i) * share;
      result[i] = (byte) ((sum + 127) / 255);
    }
    return new Raster(width, height, channels, result);
  }

  /** Returns the levels as input of networks: [channels][height][width], -1 to 1. */
  public float[] planes() {
    int plane = width * height;
    float[] planes = new float[samples.length];
    for (int i = 0; i < planes.length; i++) {
      planes[i % channels * plane + i / channels] = level(i) / 127.5f - 1;
    }
    return planes;
  }
}
