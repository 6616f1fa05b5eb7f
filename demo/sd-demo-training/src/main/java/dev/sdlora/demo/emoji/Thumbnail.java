package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * The mean colours of 32×32 parts of an image, as a vector: small enough to tolerate a shift of a
 * pixel.
 */
final class Thumbnail {
  private static final int SIDE = 32;
  private static final int SHIFT = 2;

  private final double[] values;

  private Thumbnail(double[] values) {
    this.values = values;
  }

  /** Creates a thumbnail of a square image whose side is a multiple of 32. */
  static Thumbnail of(BufferedImage picture) {
    int part = picture.getWidth() / SIDE;
    if (part * SIDE != picture.getWidth() || picture.getWidth() != picture.getHeight()) {
      throw new IllegalArgumentException(
          "the image is %s by %s, expected a square with a multiple of %s"
              .formatted(picture.getWidth(), picture.getHeight(), SIDE));
    }
    double[] values = new double[3 * SIDE * SIDE];
    for (int y = 0; y < SIDE * part; y++) {
      for (int x = 0; x < SIDE * part; x++) {
        int rgb = picture.getRGB(x, y);
        for (int c = 0; c < 3; c++) {
          values[(y / part * SIDE + x / part) * 3 + c] +=
              (rgb >> (16 - 8 * c) & 255) / (255.0 * part * part);
        }
      }
    }
    return new Thumbnail(values);
  }

  /** Returns the position of this image between two others: 0 at the first, 1 at the second. */
  double share(Thumbnail from, Thumbnail to) {
    double along = 0;
    double whole = 0;
    for (int i = 0; i < values.length; i++) {
      double way = to.values[i] - from.values[i];
      along += (values[i] - from.values[i]) * way;
      whole += way * way;
    }
    if (whole == 0) {
      throw new IllegalArgumentException("the two images are identical");
    }
    return along / whole;
  }

  /**
   * Returns the similarity to another image if both have a ground of one colour: the cosine of the
   * differences from the ground, for the best shift by a few pixels. 1 for the same image, about 0
   * for unrelated ones.
   */
  double likeness(Thumbnail other, Colour ground) {
    Thumbnail mine = withoutGround(ground);
    Thumbnail theirs = other.withoutGround(ground);
    double lengths = Math.sqrt(mine.product(mine, 0, 0) * theirs.product(theirs, 0, 0));
    double best = -1;
    for (int dy = -SHIFT; dy <= SHIFT; dy++) {
      for (int dx = -SHIFT; dx <= SHIFT; dx++) {
        best = Math.max(best, mine.product(theirs, dx, dy) / Math.max(1e-9, lengths));
      }
    }
    return best;
  }

  /** Returns the differences from the colour of a ground. */
  private Thumbnail withoutGround(Colour ground) {
    int[] paint = {ground.paint().getRed(), ground.paint().getGreen(), ground.paint().getBlue()};
    double[] differences = new double[values.length];
    Arrays.setAll(differences, i -> values[i] - paint[i % 3] / 255.0);
    return new Thumbnail(differences);
  }

  /** Returns the dot product with another, shifted vector; values shifted out do not count. */
  private double product(Thumbnail other, int dx, int dy) {
    double sum = 0;
    for (int y = Math.max(0, dy); y < SIDE + Math.min(0, dy); y++) {
      for (int x = Math.max(0, dx); x < SIDE + Math.min(0, dx); x++) {
        int here = 3 * (y * SIDE + x);
        int there = 3 * ((y - dy) * SIDE + x - dx);
        for (int c = 0; c < 3; c++) {
          sum += values[here + c] * other.values[there + c];
        }
      }
    }
    return sum;
  }
}
