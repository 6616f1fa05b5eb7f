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

  /** Returns the smallest rectangle of whole pixels that contains the mask. */
  public Rectangle bounds() {
    // A negative size makes a rectangle adopt the first one that is added.
    Rectangle box = new Rectangle(-1, -1);
    pixels.stream().forEach(i -> box.add(new Rectangle(i % width, i / width, 1, 1)));
    return box;
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
