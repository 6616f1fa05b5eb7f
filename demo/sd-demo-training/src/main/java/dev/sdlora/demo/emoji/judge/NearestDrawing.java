package dev.sdlora.demo.emoji.judge;

import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Noun;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Recognises the one thing in an image whose size, place and ground are known: the noun whose
 * drawing, painted so, differs least from the image. It needs no training, so things can be added
 * to it. Not safe for use by several threads.
 */
final class NearestDrawing {
  private static final int SIDE = 128;

  private final List<Noun> nouns;
  private final DrawnScenePainter painter;

  NearestDrawing(List<Noun> nouns, Drawings drawings) {
    this.nouns = List.copyOf(nouns);
    this.painter = new DrawnScenePainter(new Remembered(drawings));
  }

  /** Returns the noun that an image of {@value #SIDE} pixels shows. */
  Noun in(BufferedImage image, DrawnScene scene) {
    int[] pixels = pixels(image);
    return nouns.stream()
        .min(Comparator.comparingLong(noun -> difference(pixels, pixels(painted(scene, noun)))))
        .orElseThrow();
  }

  private BufferedImage painted(DrawnScene scene, Noun noun) {
    return painter.draw(scene.withThings(List.of(new DrawnThing(noun, null))), SIDE);
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
  }

  private static long difference(int[] one, int[] other) {
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      for (int shift = 0; shift <= 16; shift += 8) {
        sum += Math.abs((one[i] >> shift & 255) - (other[i] >> shift & 255));
      }
    }
    return sum;
  }

  /** Draws each noun once for each side. */
  private record Remembered(Drawings drawings, Map<Noun, Map<Integer, BufferedImage>> drawn)
      implements Drawings {
    Remembered(Drawings drawings) {
      this(drawings, new HashMap<>());
    }

    @Override
    public boolean has(Noun noun) {
      return drawings.has(noun);
    }

    @Override
    public BufferedImage draw(Noun noun, int side) {
      return drawn
          .computeIfAbsent(noun, any -> new HashMap<>())
          .computeIfAbsent(side, any -> drawings.draw(noun, side));
    }
  }
}
