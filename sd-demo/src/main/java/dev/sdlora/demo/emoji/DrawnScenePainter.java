package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;

/** Draws scenes in one style. Not safe for several threads. */
public final class DrawnScenePainter {
  private static final double[] OF_COUNT = {0, 0, 0.42, 0.31};
  private static final double APART_OF_PAIR = 0.235;
  private static final double SIZE_DEVIATION = 0.04;
  private static final double PLACE_DEVIATION = 0.015;

  private final Drawings drawings;

  /** Draws with the drawings of a style. */
  public DrawnScenePainter(Drawings drawings) {
    this.drawings = drawings;
  }

  /** The picture of a scene, square. */
  public BufferedImage draw(DrawnScene scene, int side) {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    try {
      graphics.setRenderingHint(
          java.awt.RenderingHints.KEY_ANTIALIASING, java.awt.RenderingHints.VALUE_ANTIALIAS_ON);
      scene.pattern().fill(graphics, scene.ground().paint(), side);
      SplittableRandom random = new SplittableRandom(scene.seed());
      if (scene.isPair()) {
        Place place = scene.place();
        double share = OF_COUNT[2];
        at(graphics, scene.things().get(0), share, place, APART_OF_PAIR, side, random);
        at(graphics, scene.things().get(1), share, place.opposite(), APART_OF_PAIR, side, random);
      } else if (scene.count() > 1) {
        row(graphics, scene, side, random);
      } else {
        double share = share(scene.size());
        double offset = (1 - share) / 2 - 0.03;
        at(graphics, scene.first(), share, scene.place(), offset, side, random);
      }
    } finally {
      graphics.dispose();
    }
    return picture;
  }

  private static double share(Size size) {
    return switch (size) {
      case SMALL -> 0.38;
      case MEDIUM -> 0.66;
      case LARGE -> 0.9;
    };
  }

  private void row(Graphics2D graphics, DrawnScene scene, int side, SplittableRandom random) {
    int count = scene.count();
    for (int i = 0; i < count; i++) {
      double x = 0.5 + (i - (count - 1) / 2.0) * OF_COUNT[count] * 1.06;
      draw(graphics, scene.first(), OF_COUNT[count], x, 0.5, side, random);
    }
  }

  private void at(
      Graphics2D graphics,
      DrawnThing thing,
      double share,
      Place place,
      double offset,
      int side,
      SplittableRandom random) {
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
