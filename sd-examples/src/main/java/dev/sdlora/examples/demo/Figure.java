package dev.sdlora.examples.demo;

import java.awt.Rectangle;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The pixels of one thing in a picture, and its colour. */
final class Figure {
  /** Above half the space between hatching lines, below the radius of a small ring's hole. */
  private static final int GAP = 4;

  /** Of the enclosed pixels; hatching leaves more than half of them free. */
  private static final double MOST_INK = 0.7;

  private final Mask mask;
  private final Colour colour;

  private Figure(Mask mask, Colour colour) {
    this.mask = mask;
    this.colour = colour;
  }

  /** Cuts a flat figure out along the middle of its blurred edge, given roughly its pixels. */
  static Figure flat(Planes picture, Ground ground, Mask part) {
    Mask core = part.eroded(2);
    Rgb own = Rgb.median(colours(picture, core.area() >= part.area() / 5 ? core : part));
    Mask near = part.dilated(4);
    Rgb plain = ground.measured();
    Mask half =
        picture.where(i -> near.contains(i) && picture.rgb(i).share(plain, own) > 0.5).opened(1);
    // A figure of several colours would lose those that are not on the way to the median.
    Mask mask = half.area() >= 0.6 * part.area() ? largest(half) : part;
    return new Figure(mask.filled(GAP), own.nearest(Set.of(ground.colour())));
  }

  /** Takes what a pen drawing encloses; nothing when there is too much ink for one. */
  static Optional<Figure> drawn(Planes picture, Ground ground, Mask part) {
    if (spans(part)) {
      return Optional.empty();
    }
    Rgb plain = ground.measured();
    Rgb own = farthest(picture, plain, part);
    // The strokes are half as wide outside of the outline, and the blur makes them wider.
    Mask enclosed = part.filled(GAP).eroded(2);
    if (enclosed.area() == 0 || ink(picture, plain, own, enclosed) > MOST_INK) {
      return Optional.empty();
    }
    return Optional.of(new Figure(enclosed, own.nearest(Set.of(ground.colour()))));
  }

  /** The middle of the bounding box from the left, as a share of the picture's width. */
  double x() {
    return mask.bounds().getCenterX() / mask.width();
  }

  /** The middle of the bounding box from the top, as a share of the picture's height. */
  double y() {
    return mask.bounds().getCenterY() / mask.height();
  }

  /** Says what it is, alone or as one of two. */
  Sighting sighting(ShapeMatcher matcher, boolean ofTwo) {
    Map<Shape, Double> scores = matcher.scores(silhouette());
    Shape shape =
        scores.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    double side = Math.sqrt(mask.width() * (double) mask.height());
    double radius = matcher.radius(shape, mask.area()) / side;
    Size size = ofTwo ? Size.SMALL : nearest(radius);
    return new Sighting(new Thing(shape, colour, size, place(size)), scores);
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

  /** The colour of the fifth of the pixels that is least like the ground. */
  private static Rgb farthest(Planes picture, Rgb plain, Mask part) {
    Lab ground = plain.lab();
    List<Rgb> all = colours(picture, part);
    double[] distances = all.stream().mapToDouble(rgb -> rgb.lab().distance(ground)).toArray();
    double far = Arrays.stream(distances).sorted().skip(all.size() * 4L / 5).findFirst().orElse(0);
    return Rgb.median(
        IntStream.range(0, all.size())
            .filter(i -> distances[i] >= far)
            .mapToObj(all::get)
            .toList());
  }

  /** The share of inked pixels between the strokes of the outline. */
  private static double ink(Planes picture, Rgb plain, Rgb own, Mask enclosed) {
    Mask core = enclosed.eroded(2);
    Mask inner = core.area() > 0 ? core : enclosed;
    long inked =
        colours(picture, inner).stream().filter(rgb -> rgb.share(plain, own) > 0.5).count();
    return (double) inked / inner.area();
  }

  /** Whether it goes from one border to the other, as graph paper does and no figure. */
  private static boolean spans(Mask mask) {
    Rectangle box = mask.bounds();
    return box.width > 0.95 * mask.width() || box.height > 0.95 * mask.height();
  }

  private static Mask largest(Mask mask) {
    return mask.parts(1).get(0);
  }

  private static List<Rgb> colours(Planes picture, Mask mask) {
    return Arrays.stream(mask.indices()).mapToObj(picture::rgb).toList();
  }
}
