package dev.sdlora.pipeline.raster;

import dev.sdlora.api.image.Image;
import java.util.Arrays;

/**
 * An image or a mask of any size.
 *
 * @param width columns
 * @param height rows
 * @param channels 3 for red, green and blue, 1 for a mask
 * @param samples [height][width][channels], 0 to 255; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, and large.
public record Raster(int width, int height, int channels, byte[] samples) {
  /**
   * Checks the number of samples.
   *
   * @throws IllegalArgumentException if it does not fit the size, or a side is not positive
   */
  public Raster {
    if (width < 1 || height < 1 || samples.length != (long) width * height * channels) {
      throw new IllegalArgumentException(
          "%s samples do not make %s x %s pixels of %s channels"
              .formatted(samples.length, width, height, channels));
    }
  }

  /** An image of one level in all channels. */
  public static Raster filled(int width, int height, int channels, int level) {
    byte[] samples = new byte[width * height * channels];
    Arrays.fill(samples, (byte) level);
    return new Raster(width, height, channels, samples);
  }

  /** The pixels of an image. */
  public static Raster of(Image picture) {
    return new Raster(picture.width(), picture.height(), 3, picture.rgb());
  }

  /** The pixels as an image; only with three channels. */
  public Image toPicture() {
    return Image.of(width, height, samples);
  }

  /** The brightness of an image of three channels, by the weights of ITU-R BT.601. */
  public Raster grey() {
    byte[] grey = new byte[width * height];
    for (int i = 0; i < grey.length; i++) {
      double luma = 0.299 * level(3 * i) + 0.587 * level(3 * i + 1) + 0.114 * level(3 * i + 2);
      grey[i] = (byte) Math.round(luma);
    }
    return new Raster(width, height, 1, grey);
  }

  /** The sample at an index of the array, 0 to 255. */
  public int level(int index) {
    return samples[index] & 0xff;
  }

  /** Whether another one has the same sides. */
  public boolean isAsLargeAs(Raster other) {
    return width == other.width && height == other.height;
  }

  /** A part of this, which must lie inside. */
  public Raster crop(Box box) {
    byte[] part = new byte[box.width() * box.height() * channels];
    for (int y = 0; y < box.height(); y++) {
      int from = ((box.top() + y) * width + box.left()) * channels;
      System.arraycopy(samples, from, part, y * box.width() * channels, box.width() * channels);
    }
    return new Raster(box.width(), box.height(), channels, part);
  }

  /** This with another one laid over it; what sticks out is cut off. */
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

  /** Every level turned round: 0 becomes 255. */
  public Raster inverted() {
    byte[] result = new byte[samples.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) ~samples[i];
    }
    return new Raster(width, height, channels, result);
  }

  /** Every level times a factor, at most 255. */
  public Raster amplified(int factor) {
    byte[] result = new byte[samples.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) Math.min(255, factor * level(i));
    }
    return new Raster(width, height, channels, result);
  }

  /**
   * This under another one of the same size.
   *
   * @param over what lies over it
   * @param mask one channel: where it is 0 the pixel is exactly this one's, where it is 255 the
   *     other's
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

  /** The levels as networks take them: [channels][height][width], -1 to 1. */
  public float[] planes() {
    int plane = width * height;
    float[] planes = new float[samples.length];
    for (int i = 0; i < planes.length; i++) {
      planes[i % channels * plane + i / channels] = level(i) / 127.5f - 1;
    }
    return planes;
  }
}
