package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.Noun;
import java.awt.image.BufferedImage;

/**
 * The drawings of a set with all their edges in ink.
 *
 * @param ink the amount of ink; at 1, edges are black where neighbours differ by more than two
 *     fifths of a channel
 */
public record Inked(Drawings drawings, double ink) implements Drawings {
  private static final double DARKNESS = 2.5;

  @Override
  public boolean has(Noun noun) {
    return drawings.has(noun);
  }

  /** Darkens each pixel in proportion to the difference of its neighbours. */
  @Override
  public BufferedImage draw(Noun noun, int side) {
    BufferedImage drawing = drawings.draw(noun, side);
    int[] pixels = drawing.getRGB(0, 0, side, side, null, 0, side);
    BufferedImage inked = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < pixels.length; i++) {
      double black = Math.min(1, DARKNESS * ink * step(pixels, i % side, i / side, side));
      int rgb = pixels[i] & 0xff000000;
      for (int c = 0; c < 3; c++) {
        rgb |= (int) Math.round((1 - black) * channel(pixels[i], c)) << (16 - 8 * c);
      }
      inked.setRGB(i % side, i / side, rgb);
    }
    return inked;
  }

  /** Returns the largest difference of opposite neighbours in a channel or in alpha, 0 to 1. */
  private static double step(int[] pixels, int x, int y, int side) {
    int across = 0;
    for (int c = -1; c < 3; c++) {
      across =
          Math.max(across, Math.abs(at(pixels, x + 1, y, side, c) - at(pixels, x - 1, y, side, c)));
      across =
          Math.max(across, Math.abs(at(pixels, x, y + 1, side, c) - at(pixels, x, y - 1, side, c)));
    }
    return across / 255.0;
  }

  /** Returns a channel times alpha, or alpha for channel -1; 0 outside the drawing. */
  private static int at(int[] pixels, int x, int y, int side, int channel) {
    if (x < 0 || y < 0 || x >= side || y >= side) {
      return 0;
    }
    int pixel = pixels[y * side + x];
    return channel < 0 ? pixel >>> 24 : channel(pixel, channel) * (pixel >>> 24) / 255;
  }

  private static int channel(int pixel, int channel) {
    return pixel >> (16 - 8 * channel) & 255;
  }
}
