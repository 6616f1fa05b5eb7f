package dev.sdlora.demo.emoji;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The drawings of one style, as images with an alpha channel. Not safe for use by several threads.
 */
public interface Drawings {
  /** Reads a set from the style's package, downloading it into the cache on first use. */
  static Drawings read(Path cache, Style style) throws IOException {
    return style.drawings(cache);
  }

  /** Reads a set of SVG icons in Iconify's format. */
  static Drawings of(byte[] icons) throws IOException {
    return SvgDrawings.of(icons);
  }

  /** Whether the set has a noun. */
  boolean has(Noun noun);

  /** Returns the drawing of a noun, filling a square of pixels. */
  BufferedImage draw(Noun noun, int side);
}
