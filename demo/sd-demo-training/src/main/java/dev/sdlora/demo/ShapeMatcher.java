package dev.sdlora.demo;

import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares a figure with the outlines of all shapes, each in several slightly different fits. */
final class ShapeMatcher {
  private static final double[] STRETCHES = {0.92, 0.96, 1, 1.04, 1.08};
  private static final double[] OFFSETS = {-1.5, 0, 1.5};

  private final Map<Shape, ShapeMoments> moments = new EnumMap<>(Shape.class);
  private final Map<Shape, List<Silhouette>> fits = new EnumMap<>(Shape.class);

  /** Draws all fits of all shapes. */
  ShapeMatcher() {
    for (Shape shape : Shape.values()) {
      ShapeMoments measured = ShapeMoments.of(shape);
      moments.put(shape, measured);
      fits.put(shape, fits(shape, measured));
    }
  }

  /** Returns the best overlap of each shape with the figure, 0 to 1. */
  Map<Shape, Double> scores(Silhouette figure) {
    Map<Shape, Double> scores = new EnumMap<>(Shape.class);
    fits.forEach(
        (shape, all) ->
            scores.put(shape, all.stream().mapToDouble(figure::overlap).max().orElseThrow()));
    return Collections.unmodifiableMap(scores);
  }

  /** Returns the radius at which a shape has the given area. */
  double radius(Shape shape, double area) {
    return Objects.requireNonNull(moments.get(shape)).radius(area);
  }

  private static List<Silhouette> fits(Shape shape, ShapeMoments moments) {
    List<Silhouette> result = new ArrayList<>();
    for (double across : STRETCHES) {
      for (double down : STRETCHES) {
        for (double dx : OFFSETS) {
          for (double dy : OFFSETS) {
            AffineTransform fit = moments.toMiddle(Silhouette.SIDE / 2.0, Silhouette.AREA);
            fit.preConcatenate(stretch(across, down));
            fit.preConcatenate(AffineTransform.getTranslateInstance(dx, dy));
            result.add(Silhouette.of(fit.createTransformedShape(shape.outline(0, 0, 1))));
          }
        }
      }
    }
    return result;
  }

  private static AffineTransform stretch(double across, double down) {
    double middle = Silhouette.SIDE / 2.0;
    AffineTransform stretch = AffineTransform.getTranslateInstance(middle, middle);
    stretch.scale(across, down);
    stretch.translate(-middle, -middle);
    return stretch;
  }
}
