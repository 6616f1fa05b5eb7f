package dev.sdlora.demo.emoji;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

/** The drawings of one style, as images with an alpha channel. Not safe for several threads. */
public interface Drawings {
  /** Reads a set from the style's package, which is fetched into the cache at first. */
  static Drawings read(Path cache, Style style) throws IOException {
    return style.drawings(cache);
  }

  /** The drawings of a set of SVG icons, in Iconify's format. */
  static Drawings of(byte[] icons) throws IOException {
    return SvgDrawings.of(icons);
  }

  /** Whether the set has a noun. */
  boolean has(Noun noun);

  /** The drawing of a noun, as large as its square of pixels. */
  BufferedImage draw(Noun noun, int side);
}
