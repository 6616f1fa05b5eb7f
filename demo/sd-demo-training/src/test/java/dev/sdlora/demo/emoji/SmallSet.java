package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Nine nouns and their drawings, in the form of the packages that the model is trained from. */
public final class SmallSet {
  private SmallSet() {}

  public static Nouns nouns() {
    try {
      return Nouns.of(file("names.json"), file("chars.json"), file("keywords.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Noun noun(String word) {
    return nouns().all().stream()
        .filter(noun -> noun.word().equals(word))
        .findAny()
        .orElseThrow(() -> new AssertionError("no noun " + word));
  }

  public static Drawings drawings() {
    try {
      return SvgDrawings.of(file("icons.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static DrawnSceneSource source(long seed) {
    return DrawnSceneSource.of(nouns(), drawings(), new SplittableRandom(seed));
  }

  private static byte[] file(String name) throws IOException {
    try (InputStream file = SmallSet.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(file, name).readAllBytes();
    }
  }

  /** All nouns as squares of one colour that leave a little of their side free. */
  public static Drawings squares(Color colour) {
    return new Drawings() {
      @Override
      public boolean has(Noun noun) {
        return true;
      }

      @Override
      public BufferedImage draw(Noun noun, int side) {
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(colour);
        int free = side / 32 + 1;
        graphics.fillRect(free, free, side - 2 * free, side - 2 * free);
        graphics.dispose();
        return picture;
      }
    };
  }

  /** One thing in its own colours on a plain ground. */
  public static DrawnScene one(String word, Size size, Place place, Colour ground) {
    List<DrawnThing> things = List.of(new DrawnThing(noun(word), null));
    return new DrawnScene(things, 1, size, place, ground, Pattern.PLAIN, true, 7);
  }

  /** Two things, the first in a colour. */
  static DrawnScene pair(String first, Colour colour, Place place, String second) {
    List<DrawnThing> things =
        List.of(new DrawnThing(noun(first), colour), new DrawnThing(noun(second), null));
    return new DrawnScene(things, 1, Size.MEDIUM, place, Colour.PINK, Pattern.PLAIN, true, 7);
  }

  /** All pixels in rows. */
  public static int[] pixels(BufferedImage picture) {
    int width = picture.getWidth();
    return picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
  }
}
