package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Lab;
import dev.sdlora.demo.Planes;
import dev.sdlora.demo.Rgb;
import dev.sdlora.demo.emoji.Pattern;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The ground of an image: a palette colour, possibly with a pattern in its other shade.
 *
 * @param colour the palette colour
 * @param main the colour measured in the image
 * @param shade the pattern's shade measured in the image; the same if there is no pattern
 */
record SeenGround(Colour colour, Rgb main, Rgb shade) {
  private static final int RING = 20;

  /** A colour or shade with a smaller fraction than this is considered absent. */
  private static final double PATTERN = 0.2;

  /** A colour that differs from the ground by more than this is not noise; the maximum is 441. */
  private static final double UNLIKE = 36;

  /** A possible colour of a ground pixel: a palette colour or its shade in patterns. */
  private record Paint(Colour colour, boolean isShade, Lab lab) {}

  private static final List<Paint> PAINTS =
      Arrays.stream(Colour.values())
          .flatMap(
              colour ->
                  Stream.of(
                      new Paint(colour, false, rgb(colour.paint()).lab()),
                      new Paint(colour, true, rgb(Pattern.shade(colour.paint())).lab())))
          .toList();

  /**
   * Returns the most common colour of the border, with its shade in patterns.
   *
   * @param wanted the requested pattern; dots do not reach the border, where other patterns are
   *     visible, so their shade is computed from the ground's colour
   */
  static SeenGround of(Planes image, Pattern wanted) {
    int width = image.width();
    int height = image.height();
    int ring = Math.max(1, Math.min(width, height) / RING);
    Map<Colour, List<Rgb>> own = new EnumMap<>(Colour.class);
    Map<Colour, List<Rgb>> shades = new EnumMap<>(Colour.class);
    IntStream.range(0, width * height)
        .filter(i -> toBorder(i % width, i / width, width, height) < ring)
        .mapToObj(image::rgb)
        .forEach(
            rgb -> {
              Paint paint = nearest(rgb);
              (paint.isShade() ? shades : own)
                  .computeIfAbsent(paint.colour(), key -> new ArrayList<>())
                  .add(rgb);
            });
    Colour most =
        Stream.of(Colour.values())
            .max(
                Comparator.comparingInt(
                    colour -> of(own, colour).size() + of(shades, colour).size()))
            .orElseThrow();
    List<Rgb> plain = of(own, most);
    List<Rgb> shaded = of(shades, most);
    boolean hasPlain = plain.size() >= PATTERN * shaded.size();
    boolean hasShade = shaded.size() >= PATTERN * plain.size();
    Rgb main = Rgb.median(hasPlain ? plain : shaded);
    Rgb unseen = wanted == Pattern.PLAIN ? main : rgb(Pattern.shade(main.paint()));
    return new SeenGround(most, main, hasPlain && hasShade ? Rgb.median(shaded) : unseen);
  }

  private static List<Rgb> of(Map<Colour, List<Rgb>> votes, Colour colour) {
    return votes.getOrDefault(colour, List.of());
  }

  /** Returns the ground as it is painted. */
  static SeenGround painted(Colour colour, Pattern pattern) {
    Rgb main = rgb(colour.paint());
    return new SeenGround(
        colour, main, pattern == Pattern.PLAIN ? main : rgb(Pattern.shade(colour.paint())));
  }

  private static Paint nearest(Rgb rgb) {
    Lab lab = rgb.lab();
    return PAINTS.stream()
        .min(Comparator.comparingDouble(paint -> lab.distance(paint.lab())))
        .orElseThrow();
  }

  private static int toBorder(int x, int y, int width, int height) {
    return Math.min(Math.min(x, width - 1 - x), Math.min(y, height - 1 - y));
  }

  private static Rgb rgb(Color paint) {
    return new Rgb(paint.getRed(), paint.getGreen(), paint.getBlue());
  }

  /** Whether a colour belongs neither to the ground nor to an edge of its pattern. */
  boolean isUnlike(Rgb rgb) {
    double along = Math.max(0, Math.min(1, rgb.share(main, shade)));
    double red = rgb.red() - main.red() - along * (shade.red() - main.red());
    double green = rgb.green() - main.green() - along * (shade.green() - main.green());
    double blue = rgb.blue() - main.blue() - along * (shade.blue() - main.blue());
    return red * red + green * green + blue * blue > UNLIKE * UNLIKE;
  }
}
