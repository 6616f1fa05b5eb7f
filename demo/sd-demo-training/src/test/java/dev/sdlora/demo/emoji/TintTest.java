package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.demo.Colour;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Drawings in one colour. */
final class TintTest {
  private static final int SIDE = 5;

  @Property(tries = 100)
  void of_anyDrawing_whatIsAsLightAsMostOfIt_getsTheColour(
      @ForAll Colour colour, @ForAll long seed) {
    int[] drawing = anyPixels(seed);
    int[] tinted = tinted(drawing, colour);
    Integer[] byLight = byLight(drawing);
    assertThat(tinted[byLight[byLight.length / 2]]).isEqualTo(colour.paint().getRGB());
  }

  @Property(tries = 100)
  void of_anyDrawing_lighterStaysLighter(@ForAll Colour colour, @ForAll long seed) {
    int[] drawing = anyPixels(seed);
    int[] tinted = tinted(drawing, colour);
    Integer[] byLight = byLight(drawing);
    for (int i = 1; i < byLight.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        assertThat(tinted[byLight[i]] >> shift & 255)
            .isGreaterThanOrEqualTo(tinted[byLight[i - 1]] >> shift & 255);
      }
    }
  }

  @Example
  void of_transparentPixels_keepTheirAlpha_andDoNotCount() {
    int[] drawing = new int[SIDE * SIDE];
    Arrays.fill(drawing, 0x10ffffff);
    drawing[7] = 0xff808080;
    int[] tinted = tinted(drawing, Colour.BLUE);
    assertThat(tinted[7]).isEqualTo(Colour.BLUE.paint().getRGB());
    assertThat(tinted[0] >>> 24).isEqualTo(0x10);
  }

  @Example
  void of_blackDrawing_isAShadeOfTheColour() {
    int[] drawing = new int[SIDE * SIDE];
    Arrays.fill(drawing, 0xff000000);
    assertThat(tinted(drawing, Colour.WHITE)).containsOnly(0xff3e3e3e);
  }

  /** Opaque pixels whose median is neither black nor white. */
  private static int[] anyPixels(long seed) {
    return new SplittableRandom(seed)
        .ints(SIDE * SIDE, 0, 1 << 24)
        .map(rgb -> 0xff141414 + (rgb & 0x7f7f7f))
        .toArray();
  }

  private static Integer[] byLight(int[] pixels) {
    Integer[] indices = new Integer[pixels.length];
    Arrays.setAll(indices, i -> i);
    Arrays.sort(indices, Comparator.comparingDouble(i -> luminance(pixels[i])));
    return indices;
  }

  private static double luminance(int rgb) {
    return 0.2126 * (rgb >> 16 & 255) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255);
  }

  private static int[] tinted(int[] pixels, Colour colour) {
    BufferedImage drawing = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    drawing.setRGB(0, 0, SIDE, SIDE, pixels, 0, SIDE);
    return SmallSet.pixels(Tint.of(drawing, colour));
  }
}
