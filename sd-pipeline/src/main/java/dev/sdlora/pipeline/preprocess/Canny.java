package dev.sdlora.pipeline.preprocess;

import dev.sdlora.pipeline.raster.Raster;
import java.util.Arrays;

/**
 * Edges (Canny 1986), with the choices of OpenCV's {@code Canny} for an aperture of 3 and L1
 * gradients: Sobel derivatives without smoothing, in each pixel the channel of the steepest
 * gradient, and no gradient outside the image. Results are equal to the pixel.
 */
final class Canny {
  private static final byte CANDIDATE = 1; // 0: no edge.
  private static final byte EDGE = 2;

  /** The tangent of 22.5° in 32768ths; that of 67.5° is larger by 2. */
  private static final int TANGENT = 13573;

  private static final int BITS = 15;

  private final Raster source;
  private final int low;
  private final int high;
  private final int stride;

  /** [height + 2][width + 2], with a border of no edges. */
  private final byte[] map;

  private int[] stack = new int[1024];
  private int waiting;

  private Canny(Raster source, double threshold, double other) {
    this.source = source;
    this.low = (int) Math.floor(Math.min(threshold, other));
    this.high = (int) Math.floor(Math.max(threshold, other));
    this.stride = source.width() + 2;
    this.map = new byte[stride * (source.height() + 2)];
  }

  /**
   * Finds edges.
   *
   * @param source one or three channels
   * @param threshold a gradient; edges begin above the larger threshold and end below the smaller
   * @param other the other threshold
   * @return one channel, 255 on edges, else 0
   */
  static Raster edges(Raster source, double threshold, double other) {
    Canny canny = new Canny(source, threshold, other);
    canny.thin();
    canny.follow();
    byte[] edges = new byte[source.width() * source.height()];
    for (int i = 0; i < edges.length; i++) {
      int at = (i / source.width() + 1) * canny.stride + i % source.width() + 1;
      edges[i] = (byte) (canny.map[at] == EDGE ? 255 : 0);
    }
    return new Raster(source.width(), source.height(), 1, edges);
  }

  /** The gradients of a row; the sums have a zero at both ends. */
  private static final class Row {
    final int[] across;
    final int[] down;
    final int[] sums;

    Row(int width) {
      across = new int[width];
      down = new int[width];
      sums = new int[width + 2];
    }
  }

  /** Marks pixels with a gradient larger than those on both sides of the edge. */
  private void thin() {
    Row above = new Row(source.width());
    Row row = new Row(source.width());
    Row below = new Row(source.width());
    fill(row, 0);
    for (int y = 0; y < source.height(); y++) {
      fill(below, y + 1);
      for (int x = 0; x < source.width(); x++) {
        int sum = row.sums[x + 1];
        if (sum > low && isPeak(above, row, below, x)) {
          int at = (y + 1) * stride + x + 1;
          if (sum > high) {
            push(at);
          } else {
            map[at] = CANDIDATE;
          }
        }
      }
      Row free = above;
      above = row;
      row = below;
      below = free;
    }
  }

  private void fill(Row row, int y) {
    if (y >= source.height()) {
      Arrays.fill(row.sums, 0);
      return;
    }
    int channels = source.channels();
    int pitch = source.width() * channels;
    int middle = y * pitch;
    int top = Math.max(0, y - 1) * pitch;
    int bottom = Math.min(source.height() - 1, y + 1) * pitch;
    for (int x = 0; x < source.width(); x++) {
      int best = -1;
      for (int c = 0; c < channels; c++) {
        int left = Math.max(0, x - 1) * channels + c;
        int centre = x * channels + c;
        int right = Math.min(source.width() - 1, x + 1) * channels + c;
        int across =
            source.level(top + right)
                - source.level(top + left)
                + 2 * (source.level(middle + right) - source.level(middle + left))
                + source.level(bottom + right)
                - source.level(bottom + left);
        int down =
            source.level(bottom + left)
                - source.level(top + left)
                + 2 * (source.level(bottom + centre) - source.level(top + centre))
                + source.level(bottom + right)
                - source.level(top + right);
        int sum = Math.abs(across) + Math.abs(down);
        if (sum > best) {
          best = sum;
          row.across[x] = across;
          row.down[x] = down;
        }
      }
      row.sums[x + 1] = best;
    }
  }

  private static boolean isPeak(Row above, Row row, Row below, int x) {
    int sum = row.sums[x + 1];
    int across = row.across[x];
    int down = row.down[x];
    int steep = Math.abs(down) << BITS;
    int flat = Math.abs(across) * TANGENT;
    if (steep < flat) {
      return sum > row.sums[x] && sum >= row.sums[x + 2];
    }
    if (steep > flat + (Math.abs(across) << (BITS + 1))) {
      return sum > above.sums[x + 1] && sum >= below.sums[x + 1];
    }
    int step = (across ^ down) < 0 ? -1 : 1;
    return sum > above.sums[x + 1 - step] && sum > below.sums[x + 1 + step];
  }

  private void push(int at) {
    map[at] = EDGE;
    if (waiting == stack.length) {
      stack = Arrays.copyOf(stack, 2 * stack.length);
    }
    stack[waiting++] = at;
  }

  /** Continues edges through neighbouring candidates. */
  private void follow() {
    while (waiting > 0) {
      int at = stack[--waiting];
      for (int y = -stride; y <= stride; y += stride) {
        for (int x = -1; x <= 1; x++) {
          if (map[at + y + x] == CANDIDATE) {
            push(at + y + x);
          }
        }
      }
    }
  }
}
