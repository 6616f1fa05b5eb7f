package dev.sdlora.demo;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The pixels of one thing in an image, and its colour. */
final class Figure {
  /** The width of pinholes to fill, less than the radius of a small ring's hole. */
  private static final int GAP = 4;

  private final Mask mask;
  private final Colour colour;

  private Figure(Mask mask, Colour colour) {
    this.mask = mask;
    this.colour = colour;
  }

  /** Cuts out a flat figure along the middle of its blurred edge, given its approximate pixels. */
  static Figure flat(Planes picture, Ground ground, Mask part) {
    Mask core = part.eroded(2);
    Rgb own = Rgb.median(colours(picture, core.area() >= part.area() / 5 ? core : part));
    Mask near = part.dilated(4);
    Rgb plain = ground.measured();
    Mask half =
        picture.where(i -> near.contains(i) && picture.rgb(i).share(plain, own) > 0.5).opened(1);
    // A multicoloured figure would lose colours that are not between ground and median.
    Mask mask = half.area() >= 0.6 * part.area() ? largest(half) : part;
    return new Figure(mask.filled(GAP), own.nearest(Set.of(ground.colour())));
  }

  /** Returns the horizontal centre of the bounding box, as a fraction of the image's width. */
  double x() {
    return mask.bounds().getCenterX() / mask.width();
  }

  /** Returns the vertical centre of the bounding box, as a fraction of the image's height. */
  double y() {
    return mask.bounds().getCenterY() / mask.height();
  }

  /** Identifies the thing, alone or as one of two. */
  Thing thing(ShapeMatcher matcher, boolean ofTwo) {
    Map<Shape, Double> scores = matcher.scores(silhouette());
    Shape shape =
        scores.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    double side = Math.sqrt(mask.width() * (double) mask.height());
    double radius = matcher.radius(shape, mask.area()) / side;
    Size size = ofTwo ? Size.SMALL : nearest(radius);
    return new Thing(shape, colour, size, place(size));
  }

  private Place place(Size size) {
    double across = x() - 0.5;
    double down = y() - 0.5;
    if (Math.max(Math.abs(across), Math.abs(down)) < size.offset() / 2) {
      return Place.CENTRE;
    }
    if (Math.abs(across) > Math.abs(down)) {
      return across < 0 ? Place.LEFT : Place.RIGHT;
    }
    return down < 0 ? Place.TOP : Place.BOTTOM;
  }

  private Silhouette silhouette() {
    double cx = Arrays.stream(mask.indices()).map(i -> i % mask.width()).average().orElse(0) + 0.5;
    double cy = Arrays.stream(mask.indices()).map(i -> i / mask.width()).average().orElse(0) + 0.5;
    double scale = Math.sqrt(mask.area() / Silhouette.AREA);
    double middle = Silhouette.SIDE / 2.0;
    return Silhouette.sampled(
        (x, y) -> mask.cover(cx + (x - middle) * scale, cy + (y - middle) * scale));
  }

  private static Size nearest(double radius) {
    return Arrays.stream(Size.values())
        .min(Comparator.comparingDouble(size -> Math.abs(size.radius() - radius)))
        .orElseThrow();
  }

  private static Mask largest(Mask mask) {
    return mask.parts(1).get(0);
  }

  private static List<Rgb> colours(Planes picture, Mask mask) {
    return Arrays.stream(mask.indices()).mapToObj(picture::rgb).toList();
  }
}
