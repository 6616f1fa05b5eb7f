package dev.sdlora.demo;

import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.List;

/**
 * Recognises the things in an image by geometry alone, so that it cannot share the model's
 * mistakes.
 *
 * <p>A thing is a large patch of pixels that differ from the ground. Its outline is halfway between
 * both colours, which does not move when a decoder blurs the edge. Widths are in pixels for images
 * with side 128.
 */
public final class ImageJudge {
  /**
   * A distance in Lab above the noise of plain images and below that of the two nearest colours.
   */
  private static final double UNLIKE = 25;

  /**
   * Erosion steps: lines of the graph paper are thinner than twice this, all parts of figures
   * thicker.
   */
  private static final int STEPS = 2;

  private static final double LEAST_PART = 0.01;
  private static final double LEAST_SECOND = 0.3;

  private final ShapeMatcher matcher = new ShapeMatcher();

  /** Judges an image. */
  public Verdict judge(BufferedImage picture) {
    Planes smoothed = Planes.of(picture).smoothed();
    Ground ground = Ground.of(smoothed);
    List<Figure> figures = figures(smoothed, ground);
    List<Thing> things =
        figures.stream()
            .sorted(reading(figures))
            .map(figure -> figure.thing(matcher, figures.size() == 2))
            .toList();
    return new Verdict(ground.colour(), things);
  }

  private static List<Figure> figures(Planes picture, Ground ground) {
    int least = (int) (LEAST_PART * picture.width() * picture.height());
    double[] unlike = picture.distances(ground.measured().lab());
    return largest(picture.where(i -> unlike[i] > UNLIKE).opened(STEPS).parts(least)).stream()
        .map(part -> Figure.flat(picture, ground, part))
        .toList();
  }

  /** Returns the largest part, and the next one if it is not much smaller. */
  private static List<Mask> largest(List<Mask> parts) {
    return parts.stream()
        .limit(2)
        .filter(part -> part.area() >= LEAST_SECOND * parts.get(0).area())
        .toList();
  }

  private static Comparator<Figure> reading(List<Figure> figures) {
    if (figures.size() < 2) {
      return Comparator.comparingDouble(Figure::x);
    }
    double across = Math.abs(figures.get(0).x() - figures.get(1).x());
    double down = Math.abs(figures.get(0).y() - figures.get(1).y());
    return across >= down
        ? Comparator.comparingDouble(Figure::x)
        : Comparator.comparingDouble(Figure::y);
  }
}
