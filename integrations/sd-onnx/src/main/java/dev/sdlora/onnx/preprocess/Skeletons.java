package dev.sdlora.onnx.preprocess;

import dev.sdlora.api.image.Image;
import dev.sdlora.onnx.detect.Candidate;
import dev.sdlora.onnx.pixels.Pixels;
import dev.sdlora.onnx.preprocess.Person.Point;
import dev.sdlora.onnx.session.OnnxNetwork;
import java.util.Optional;
import java.util.stream.IntStream;

/** Draws the skeletons of people with OpenPose's colours and A1111's line widths. */
final class Skeletons {
  private static final int[] COLOURS = {
    0xff0000, 0xff5500, 0xffaa00, 0xffff00, 0xaaff00, 0x55ff00, 0x00ff00, 0x00ff55, 0x00ffaa,
    0x00ffff, 0x00aaff, 0x0055ff, 0x0000ff, 0x5500ff, 0xaa00ff, 0xff00ff, 0xff00aa, 0xff0055
  };

  /** The two ends of each limb. */
  private static final int[][] LIMBS = {
    {1, 2}, {1, 5}, {2, 3}, {3, 4}, {5, 6}, {6, 7}, {1, 8}, {8, 9}, {9, 10}, {1, 11}, {11, 12},
    {12, 13}, {1, 0}, {0, 14}, {14, 16}, {0, 15}, {15, 17}
  };

  private static final int BODY_POINTS = 18;
  private static final int FACE_POINTS = 68;
  private static final int RIGHT_EYE = 14;
  private static final int LEFT_EYE = 15;
  private static final int HALF_LIMB = 4;
  private static final int BODY_DISC = 4;
  private static final int FACE_DISC = 3;
  private static final int FINGERS = 5;
  private static final int BONES_OF_FINGER = 4;
  private static final int BLUE = 0x0000ff;
  private static final int WHITE = 0xffffff;

  private Skeletons() {}

  /** Finds people and draws them on black. */
  static Image of(OnnxNetwork people, OnnxNetwork points, Pixels image) {
    Canvas canvas = new Canvas(image.width(), image.height());
    for (Candidate box : People.find(people, image)) {
      draw(KeyPoints.find(points, image, box), canvas);
    }
    return canvas.toImage();
  }

  static void draw(Person person, Canvas canvas) {
    for (int i = 0; i < LIMBS.length; i++) {
      Optional<Point> from = person.body(LIMBS[i][0]);
      Optional<Point> to = person.body(LIMBS[i][1]);
      if (from.isPresent() && to.isPresent()) {
        limb(from.get(), to.get(), darker(COLOURS[i]), canvas);
      }
    }
    for (int i = 0; i < BODY_POINTS; i++) {
      int colour = COLOURS[i];
      person.body(i).ifPresent(at -> canvas.disc((int) at.x(), (int) at.y(), BODY_DISC, colour));
    }
    hand(person, Person.LEFT_HAND, canvas);
    hand(person, Person.RIGHT_HAND, canvas);
    face(person, canvas);
  }

  private static int darker(int colour) {
    int red = (colour >> 16) * 3 / 5;
    int green = (colour >> 8 & 0xff) * 3 / 5;
    int blue = (colour & 0xff) * 3 / 5;
    return red << 16 | green << 8 | blue;
  }

  /** Draws an ellipse from point to point. */
  private static void limb(Point from, Point to, int colour, Canvas canvas) {
    int x = (int) ((from.x() + to.x()) / 2);
    int y = (int) ((from.y() + to.y()) / 2);
    int half = (int) (Math.hypot(from.x() - to.x(), from.y() - to.y()) / 2);
    int degrees = (int) Math.toDegrees(Math.atan2(from.y() - to.y(), from.x() - to.x()));
    double cosine = Math.cos(Math.toRadians(degrees));
    double sine = Math.sin(Math.toRadians(degrees));
    double[] xs = new double[360];
    double[] ys = new double[360];
    for (int i = 0; i < xs.length; i++) {
      double along = half * Math.cos(Math.toRadians(i));
      double across = HALF_LIMB * Math.sin(Math.toRadians(i));
      xs[i] = Math.rint(x + along * cosine - across * sine);
      ys[i] = Math.rint(y + along * sine + across * cosine);
    }
    canvas.polygon(xs, ys, colour);
  }

  private static void hand(Person person, int first, Canvas canvas) {
    int bones = FINGERS * BONES_OF_FINGER;
    for (int i = 0; i < bones; i++) {
      int start = i % BONES_OF_FINGER == 0 ? 0 : i;
      Optional<Point> from = person.sure(first + start).filter(Skeletons::isInside);
      Optional<Point> to = person.sure(first + i + 1).filter(Skeletons::isInside);
      if (from.isPresent() && to.isPresent()) {
        canvas.line(
            (int) from.get().x(),
            (int) from.get().y(),
            (int) to.get().x(),
            (int) to.get().y(),
            rainbow(i, bones));
      }
    }
    for (int i = 0; i < Person.HAND_POINTS; i++) {
      disc(person.sure(first + i), BODY_DISC, BLUE, canvas);
    }
  }

  /** Returns the pure colour of a hue: part of the way from red around to red. */
  private static int rainbow(int part, int parts) {
    double hue = (double) part / parts * 6;
    int sector = (int) hue;
    double down = 1 - (hue - sector);
    double up = 1 - down;
    double[][] colours = {
      {1, up, 0}, {down, 1, 0}, {0, 1, up}, {0, down, 1}, {up, 0, 1}, {1, 0, down}
    };
    int colour = 0;
    for (double share : colours[sector]) {
      colour = colour << 8 | (int) Math.rint(share * 255);
    }
    return colour;
  }

  private static void face(Person person, Canvas canvas) {
    boolean found =
        IntStream.range(0, FACE_POINTS).anyMatch(i -> person.sure(Person.FACE + i).isPresent());
    for (int i = 0; i < FACE_POINTS; i++) {
      disc(person.sure(Person.FACE + i), FACE_DISC, WHITE, canvas);
    }
    if (found) {
      disc(person.body(RIGHT_EYE), FACE_DISC, WHITE, canvas);
      disc(person.body(LEFT_EYE), FACE_DISC, WHITE, canvas);
    }
  }

  private static void disc(Optional<Point> point, int radius, int colour, Canvas canvas) {
    point
        .filter(Skeletons::isInside)
        .ifPresent(at -> canvas.disc((int) at.x(), (int) at.y(), radius, colour));
  }

  /** As in A1111, points of hands and faces in the first row or column are not drawn. */
  private static boolean isInside(Point point) {
    return (int) point.x() > 0 && (int) point.y() > 0;
  }
}
