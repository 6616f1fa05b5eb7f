package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.SplittableRandom;

/** Draws scenes in one style. Not safe for use by several threads. */
public final class DrawnScenePainter {
  /** Sides of things as a fraction of the image's side. Few values are learnt faster than many. */
  private static final double LARGE = 0.9;

  private static final double MEDIUM = 0.66;
  private static final double SMALL = 0.42;
  private static final double OF_THREE = 0.31;

  /** The margin between the edge and a thing that is not in the middle. */
  private static final double EDGE = 0.03;

  private static final double SIZE_DEVIATION = 0.01;
  private static final double PLACE_DEVIATION = 0.008;

  private final Drawings drawings;

  /** Creates a painter that uses the drawings of a style. */
  public DrawnScenePainter(Drawings drawings) {
    this.drawings = drawings;
  }

  /** Returns the image of a scene, square. */
  public BufferedImage draw(DrawnScene scene, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(
          java.awt.RenderingHints.KEY_ANTIALIASING, java.awt.RenderingHints.VALUE_ANTIALIAS_ON);
      scene.pattern().fill(graphics, scene.ground().paint(), side);
      SplittableRandom random = new SplittableRandom(scene.seed());
      if (scene.isPair()) {
        Place place = scene.place();
        at(graphics, scene.things().get(0), SMALL, place, side, random);
        at(graphics, scene.things().get(1), SMALL, place.opposite(), side, random);
      } else if (scene.count() > 1) {
        row(graphics, scene, side, random);
      } else {
        at(graphics, scene.first(), share(scene.size()), scene.place(), side, random);
      }
    } finally {
      graphics.dispose();
    }
    return image;
  }

  private static double share(Size size) {
    return switch (size) {
      case SMALL -> SMALL;
      case MEDIUM -> MEDIUM;
      case LARGE -> LARGE;
    };
  }

  private void row(Graphics2D graphics, DrawnScene scene, int side, SplittableRandom random) {
    boolean two = scene.count() == 2;
    double share = two ? SMALL : OF_THREE;
    List<Place> places =
        two ? List.of(Place.LEFT, Place.RIGHT) : List.of(Place.LEFT, Place.CENTRE, Place.RIGHT);
    places.forEach(place -> at(graphics, scene.first(), share, place, side, random));
  }

  private void at(
      Graphics2D graphics,
      DrawnThing thing,
      double share,
      Place place,
      int side,
      SplittableRandom random) {
    double offset = (1 - share) / 2 - EDGE;
    double x = 0.5 + place.across() * offset;
    double y = 0.5 + place.down() * offset;
    draw(graphics, thing, share, x, y, side, random);
  }

  private void draw(
      Graphics2D graphics,
      DrawnThing thing,
      double share,
      double x,
      double y,
      int side,
      SplittableRandom random) {
    double width = side * share * (1 + deviation(random, SIZE_DEVIATION));
    double left = side * (x + deviation(random, PLACE_DEVIATION)) - width / 2;
    double top = side * (y + deviation(random, PLACE_DEVIATION)) - width / 2;
    int pixels = (int) Math.round(width);
    BufferedImage drawing = drawings.draw(thing.noun(), pixels);
    if (thing.colour() != null) {
      drawing = Tint.of(drawing, thing.colour());
    }
    graphics.drawImage(drawing, (int) Math.round(left), (int) Math.round(top), null);
  }

  private static double deviation(SplittableRandom random, double most) {
    return most * (2 * random.nextDouble() - 1);
  }
}
