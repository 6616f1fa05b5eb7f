package dev.sdlora.demo;

import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One or two things on a ground. A scene always gives the same image.
 *
 * @param things one thing, or two at opposite places
 * @param ground a colour that no thing has
 * @param detail the visibility of the ground's graph paper, 0 to 1
 * @param style the style of the scene
 * @param seed the seed of small deviations in size and place
 */
public record Scene(List<Thing> things, Colour ground, double detail, SceneStyle style, long seed) {
  private static final double PAIR_RADIUS = 0.18;
  private static final double PAIR_OFFSET = 0.24;
  private static final double SIZE_DEVIATION = 0.06;
  private static final double PLACE_DEVIATION = 0.03;
  private static final double MARGIN = 0.012;

  /** Rejects scenes that no caption can describe. */
  public Scene {
    things = List.copyOf(things);
    if (things.isEmpty() || things.size() > 2) {
      throw new IllegalArgumentException("expected one or two things, not " + things.size());
    }
    if (things.size() == 2 && !facing(things.get(0).place(), things.get(1).place())) {
      throw new IllegalArgumentException("two things must be at opposite places");
    }
    for (Thing thing : things) {
      if (thing.colour() == ground) {
        throw new IllegalArgumentException(
            "a " + ground.word() + " thing on a ground of its own colour");
      }
    }
    if (!(detail >= 0 && detail <= 1)) {
      throw new IllegalArgumentException("detail " + detail + " is not between 0 and 1");
    }
  }

  /** Returns the thing that captions name first. */
  public Thing first() {
    return things.get(0);
  }

  /** Whether there are two things. */
  public boolean isPair() {
    return things.size() == 2;
  }

  /** Returns the same scene with another visibility of the graph paper. */
  public Scene withDetail(double other) {
    return new Scene(things, ground, other, style, seed);
  }

  /** Returns the same scene in another style. */
  public Scene withStyle(SceneStyle other) {
    return new Scene(things, ground, detail, other, seed);
  }

  /** Returns the same scene with other things at the same deviations from their places. */
  public Scene withThings(List<Thing> others) {
    return new Scene(others, ground, detail, style, seed);
  }

  /** Draws the scene as a square image. */
  public BufferedImage draw(int side) {
    return new ScenePainter(this, side).image();
  }

  /** Returns the outlines of the things in an image of the given side, in their order. */
  public List<java.awt.Shape> outlines(int side) {
    SplittableRandom random = new SplittableRandom(seed);
    List<java.awt.Shape> outlines = new ArrayList<>();
    for (Thing thing : things) {
      double radius = isPair() ? PAIR_RADIUS : thing.size().radius();
      double offset = isPair() ? PAIR_OFFSET : thing.size().offset();
      double r = radius * (1 + deviation(random, SIZE_DEVIATION));
      double x = 0.5 + thing.place().across() * offset + deviation(random, PLACE_DEVIATION);
      double y = 0.5 + thing.place().down() * offset + deviation(random, PLACE_DEVIATION);
      outlines.add(inside(thing.shape(), x, y, r, side));
    }
    return List.copyOf(outlines);
  }

  private static boolean facing(Place one, Place other) {
    return one != Place.CENTRE && other == one.opposite();
  }

  private static double deviation(SplittableRandom random, double most) {
    return most * (2 * random.nextDouble() - 1);
  }

  private static java.awt.Shape inside(Shape shape, double x, double y, double r, int side) {
    Rectangle2D box = shape.outline(0, 0, r).getBounds2D();
    double cx = clamp(x, box.getWidth() / 2 + MARGIN);
    double cy = clamp(y, box.getHeight() / 2 + MARGIN);
    return shape.outline(cx * side, cy * side, r * side);
  }

  private static double clamp(double value, double least) {
    return Math.max(least, Math.min(1 - least, value));
  }
}
