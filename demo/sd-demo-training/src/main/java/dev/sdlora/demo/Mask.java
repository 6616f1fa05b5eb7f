package dev.sdlora.demo;

import java.awt.Rectangle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of pixels of an image. */
public final class Mask {
  private final int width;
  private final int height;
  private final BitSet pixels;

  private Mask(int width, int height, BitSet pixels) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  /** Returns the pixels whose index satisfies a condition; indices count row by row. */
  static Mask where(int width, int height, IntPredicate condition) {
    BitSet pixels = new BitSet(width * height);
    for (int i = 0; i < width * height; i++) {
      pixels.set(i, condition.test(i));
    }
    return new Mask(width, height, pixels);
  }

  /** Returns the number of pixels in a row. */
  public int width() {
    return width;
  }

  /** Returns the number of rows. */
  public int height() {
    return height;
  }

  /** Returns the number of pixels in the mask. */
  public int area() {
    return pixels.cardinality();
  }

  /** Returns the indices of its pixels, counted row by row. */
  public int[] indices() {
    return pixels.stream().toArray();
  }

  /** Whether it contains the pixel with an index, counted row by row. */
  public boolean contains(int index) {
    return pixels.get(index);
  }

  /** Returns the coverage of a point, 0 to 1, interpolated from the four pixels around it. */
  double cover(double x, double y) {
    int left = (int) Math.floor(x - 0.5);
    int top = (int) Math.floor(y - 0.5);
    double right = x - 0.5 - left;
    double low = y - 0.5 - top;
    return (1 - low) * ((1 - right) * at(left, top) + right * at(left + 1, top))
        + low * ((1 - right) * at(left, top + 1) + right * at(left + 1, top + 1));
  }

  /** Returns the pixels at least so many steps inside; the image's border counts as inside. */
  Mask eroded(int steps) {
    return inverse().dilated(steps).inverse();
  }

  /** Returns the mask grown by so many steps, alternately with 4 and with 8 neighbours. */
  public Mask dilated(int steps) {
    BitSet grown = pixels;
    for (int step = 0; step < steps; step++) {
      grown = step % 2 == 0 ? grownOverSides(grown) : grownOverCorners(grown);
    }
    return new Mask(width, height, grown);
  }

  /** Returns the mask without everything thinner than about twice so many steps. */
  Mask opened(int steps) {
    return eroded(steps).dilated(steps);
  }

  /** Returns the connected parts with at least so many pixels, largest first. */
  public List<Mask> parts(int leastArea) {
    List<Mask> parts = new ArrayList<>();
    BitSet left = (BitSet) pixels.clone();
    for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i)) {
      Mask part = new Mask(width, height, takeConnected(left, i));
      if (part.area() >= leastArea) {
        parts.add(part);
      }
    }
    parts.sort((one, other) -> Integer.compare(other.area(), one.area()));
    return parts;
  }

  /** Returns the mask with all enclosed gaps filled that are at most about twice the steps wide. */
  Mask filled(int steps) {
    BitSet result = (BitSet) pixels.clone();
    for (Mask gap : inverse().parts(1)) {
      if (!gap.touchesBorder() && gap.eroded(steps).area() == 0) {
        result.or(gap.pixels);
      }
    }
    return new Mask(width, height, result);
  }

  /** Returns the smallest rectangle of whole pixels that contains the mask. */
  public Rectangle bounds() {
    // A negative size makes a rectangle adopt the first one that is added.
    Rectangle box = new Rectangle(-1, -1);
    pixels.stream().forEach(i -> box.add(new Rectangle(i % width, i / width, 1, 1)));
    return box;
  }

  private int at(int x, int y) {
    boolean within = x >= 0 && y >= 0 && x < width && y < height;
    return within && pixels.get(y * width + x) ? 1 : 0;
  }

  private Mask inverse() {
    BitSet others = (BitSet) pixels.clone();
    others.flip(0, width * height);
    return new Mask(width, height, others);
  }

  private boolean touchesBorder() {
    return pixels.stream().anyMatch(i -> isBorder(i % width, i / width));
  }

  private boolean isBorder(int x, int y) {
    return x == 0 || y == 0 || x == width - 1 || y == height - 1;
  }

  private BitSet grownOverSides(BitSet from) {
    BitSet grown = shifted(from, 1, 0);
    grown.or(shifted(from, 0, 1));
    return grown;
  }

  private BitSet grownOverCorners(BitSet from) {
    return shifted(shifted(from, 1, 0), 0, 1);
  }

  /** Returns the union of a set with its copies shifted in both directions. */
  private BitSet shifted(BitSet from, int dx, int dy) {
    BitSet union = (BitSet) from.clone();
    for (int i = from.nextSetBit(0); i >= 0; i = from.nextSetBit(i + 1)) {
      int x = i % width;
      int y = i / width;
      if (x >= dx && y >= dy) {
        union.set(i - dy * width - dx);
      }
      if (x + dx < width && y + dy < height) {
        union.set(i + dy * width + dx);
      }
    }
    return union;
  }

  private BitSet takeConnected(BitSet left, int start) {
    BitSet taken = new BitSet(width * height);
    ArrayDeque<Integer> open = new ArrayDeque<>();
    take(left, start % width, start / width, open);
    while (!open.isEmpty()) {
      int i = open.pop();
      taken.set(i);
      int x = i % width;
      int y = i / width;
      take(left, x - 1, y, open);
      take(left, x + 1, y, open);
      take(left, x, y - 1, open);
      take(left, x, y + 1, open);
    }
    return taken;
  }

  private void take(BitSet left, int x, int y, ArrayDeque<Integer> open) {
    int i = y * width + x;
    if (x >= 0 && x < width && y >= 0 && y < height && left.get(i)) {
      left.clear(i);
      open.push(i);
    }
  }
}
