package dev.sdlora.onnx.detect;

import dev.sdlora.onnx.pixels.Letterbox;

/**
 * A box that a network proposes, in pixels of an image.
 *
 * @param left the left edge
 * @param top the top edge
 * @param right the right edge
 * @param bottom the bottom edge
 * @param score its confidence
 * @param kind the index of the class
 * @param index the place in the output of the network
 */
public record Candidate(
    double left, double top, double right, double bottom, double score, int kind, int index) {

  /** Whether all numbers are finite and the box is not empty. */
  boolean isBox() {
    return left < right
        && top < bottom
        && Double.isFinite(right - left)
        && Double.isFinite(bottom - top)
        && Double.isFinite(score);
  }

  /** Returns the part inside an image, which may be empty. */
  Candidate within(int width, int height) {
    return new Candidate(
        Math.max(0, left),
        Math.max(0, top),
        Math.min(width, right),
        Math.min(height, bottom),
        score,
        kind,
        index);
  }

  /** Returns the box with its place and its size truncated, as OpenCV compares boxes. */
  Candidate truncated() {
    double x = Math.floor(Math.abs(left)) * Math.signum(left);
    double y = Math.floor(Math.abs(top)) * Math.signum(top);
    return new Candidate(
        x, y, x + Math.floor(right - left), y + Math.floor(bottom - top), score, kind, index);
  }

  /** Returns this box of an input as a box of the image in it. */
  Candidate of(Letterbox box) {
    return new Candidate(
        box.imageX(left),
        box.imageY(top),
        box.imageX(right),
        box.imageY(bottom),
        score,
        kind,
        index);
  }

  private double area() {
    return (right - left) * (bottom - top);
  }

  /** Returns the shared area divided by the area of both boxes together. */
  double overlap(Candidate other) {
    double width = Math.min(right, other.right) - Math.max(left, other.left);
    double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
    if (width <= 0 || height <= 0) {
      return 0;
    }
    double shared = width * height;
    return shared / (area() + other.area() - shared);
  }
}
