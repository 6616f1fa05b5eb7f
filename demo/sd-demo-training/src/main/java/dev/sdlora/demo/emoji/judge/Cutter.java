package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Mask;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Planes;
import dev.sdlora.demo.emoji.Pattern;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the things on the ground of an image and cuts them out. */
final class Cutter {
  /** The side of a cut-out, in pixels. */
  static final int SIDE = 64;

  /** The margin of ground around a thing, as a fraction of its longer side. */
  private static final double MARGIN = 0.05;

  /** Parts below this fraction of the largest one are specks. */
  private static final double SPECK = 0.02;

  private static final int LEAST_AREA = 6;

  /**
   * The maximum offset of the division of two things from the middle, as a fraction of the side.
   */
  private static final double MOST_OFF_MIDDLE = 0.15;

  private final BufferedImage image;
  private final Planes planes;
  private final SeenGround ground;

  /** Finds the ground as well. */
  Cutter(BufferedImage image, Pattern wanted) {
    this(image, SeenGround.of(Planes.of(image), wanted));
  }

  Cutter(BufferedImage image, SeenGround ground) {
    this.image = image;
    this.planes = Planes.of(image);
    this.ground = ground;
  }

  SeenGround ground() {
    return ground;
  }

  /** Returns the connected parts of an area that differ from the ground, largest first. */
  List<Mask> parts(Rectangle area) {
    int width = planes.width();
    List<Mask> parts =
        planes
            .where(i -> area.contains(i % width, i / width) && ground.isUnlike(planes.rgb(i)))
            .parts(LEAST_AREA);
    double least = parts.isEmpty() ? 0 : SPECK * parts.get(0).area();
    return parts.stream().filter(part -> part.area() >= least).toList();
  }

  /**
   * Returns the box around everything in an area that differs from the ground, if there is
   * anything.
   */
  Optional<Rectangle> box(Rectangle area) {
    return parts(area).stream().map(Mask::bounds).reduce(Rectangle::union);
  }

  /**
   * Returns the most common palette colour in an area, except for the ground's. In a tinted
   * drawing, pixels of median lightness have the colour itself.
   */
  Optional<Colour> colour(Rectangle area) {
    Map<Colour, Integer> votes = new EnumMap<>(Colour.class);
    for (Mask part : parts(area)) {
      for (int pixel : part.indices()) {
        votes.merge(planes.rgb(pixel).nearest(Set.of(ground.colour())), 1, Integer::sum);
      }
    }
    return votes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  /**
   * Returns the parts of the image with two things, starting with the one at the given place,
   * divided near the middle where there is the most ground.
   */
  List<Rectangle> halves(Place first) {
    boolean across = first.across() != 0;
    int width = planes.width();
    int height = planes.height();
    int length = across ? width : height;
    int[] found = new int[length];
    for (Mask part : parts(whole())) {
      for (int pixel : part.indices()) {
        found[across ? pixel % width : pixel / width]++;
      }
    }
    int middle = length / 2;
    int best = middle;
    for (int step = 0; step <= length * MOST_OFF_MIDDLE; step++) {
      best = found[middle - step] < found[best] ? middle - step : best;
      best = found[middle + step] < found[best] ? middle + step : best;
    }
    Rectangle before = across ? new Rectangle(best, height) : new Rectangle(width, best);
    Rectangle behind =
        across
            ? new Rectangle(best, 0, width - best, height)
            : new Rectangle(0, best, width, height - best);
    boolean isBefore = first == Place.LEFT || first == Place.TOP;
    return isBefore ? List.of(before, behind) : List.of(behind, before);
  }

  /** Returns the area of the whole image. */
  Rectangle whole() {
    return new Rectangle(planes.width(), planes.height());
  }

  /** Returns a scaled square around a box; beyond the image the ground continues. */
  BufferedImage cut(Rectangle2D box) {
    double side = Math.max(box.getWidth(), box.getHeight()) * (1 + 2 * MARGIN);
    BufferedImage square = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = square.createGraphics();
    graphics.setColor(ground.main().paint());
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.scale(SIDE / side, SIDE / side);
    graphics.translate(side / 2 - box.getCenterX(), side / 2 - box.getCenterY());
    graphics.drawImage(image, 0, 0, null);
    graphics.dispose();
    return square;
  }
}
