package dev.sdlora.onnx.preprocess;

import java.util.Optional;

/**
 * The key points of a person.
 *
 * @param points those of COCO-WholeBody: 17 of the body, 6 of the feet, 68 of the face, 21 of each
 *     hand
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Person(Point[] points) {
  /** The number of key points. */
  static final int POINTS = 133;

  static final int FACE = 23;
  static final int LEFT_HAND = 91;
  static final int RIGHT_HAND = 112;
  static final int HAND_POINTS = 21;

  /** Points of a lower confidence are not drawn. */
  private static final double LEAST = 0.3;

  private static final int LEFT_SHOULDER = 5;
  private static final int RIGHT_SHOULDER = 6;

  /** The points of the body in OpenPose's order; -1 is the neck, which COCO does not have. */
  private static final int[] OPENPOSE = {
    0, -1, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3
  };

  /** A point of the image with its confidence. */
  record Point(double x, double y, double score) {
    boolean isSure() {
      return score >= LEAST;
    }
  }

  /** Returns a point of OpenPose's body, 0 to 17; empty if it was not found. */
  Optional<Point> body(int index) {
    if (OPENPOSE[index] >= 0) {
      return sure(OPENPOSE[index]);
    }
    Point left = points[LEFT_SHOULDER];
    Point right = points[RIGHT_SHOULDER];
    return left.score > LEAST && right.score > LEAST
        ? Optional.of(new Point((left.x + right.x) / 2, (left.y + right.y) / 2, 1))
        : Optional.empty();
  }

  /** Returns a point; empty if it was not found. */
  Optional<Point> sure(int index) {
    return Optional.of(points[index]).filter(Point::isSure);
  }
}
