package dev.sdlora.demo;

import java.awt.Color;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A measured colour with values of about 0 to 255. */
public record Rgb(double red, double green, double blue) {
  private static final Map<Colour, Lab> PALETTE =
      Stream.of(Colour.values()).collect(Collectors.toMap(colour -> colour, Rgb::painted));

  /** Returns the colour with the medians of the three values. */
  public static Rgb median(Collection<Rgb> colours) {
    return new Rgb(
        median(colours, Rgb::red), median(colours, Rgb::green), median(colours, Rgb::blue));
  }

  /** Returns the same colour for painting. */
  public Color paint() {
    return new Color(level(red), level(green), level(blue));
  }

  private static int level(double value) {
    return (int) Math.max(0, Math.min(255, Math.round(value)));
  }

  /** Returns the same colour for measuring distances. */
  public Lab lab() {
    return Lab.ofRgb(red, green, blue);
  }

  /** Returns the palette colour that looks most similar, excluding some. */
  public Colour nearest(Set<Colour> ruledOut) {
    Lab lab = lab();
    return PALETTE.entrySet().stream()
        .filter(entry -> !ruledOut.contains(entry.getKey()))
        .min(Comparator.comparingDouble(entry -> lab.distance(entry.getValue())))
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  /** Returns the position of this colour between two others, 0 at the first and 1 at the second. */
  public double share(Rgb from, Rgb to) {
    double r = to.red - from.red;
    double g = to.green - from.green;
    double b = to.blue - from.blue;
    double along = (red - from.red) * r + (green - from.green) * g + (blue - from.blue) * b;
    return along / Math.max(1, r * r + g * g + b * b);
  }

  private static Lab painted(Colour colour) {
    Color paint = colour.paint();
    return Lab.ofRgb(paint.getRed(), paint.getGreen(), paint.getBlue());
  }

  private static double median(Collection<Rgb> colours, ToDoubleFunction<Rgb> channel) {
    double[] sorted = colours.stream().mapToDouble(channel).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
