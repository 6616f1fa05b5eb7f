package dev.sdlora.demo.emoji;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/** Drawings in image files, by the code points of emoji. */
final class ImageDrawings implements Drawings {
  private final Map<String, byte[]> files = new HashMap<>();
  private final Map<String, BufferedImage> images = new HashMap<>();

  /**
   * Creates drawings from image files in a format that {@link ImageIO} reads.
   *
   * @param files by paths that end in code points, with or without the one that requests an image
   *     instead of a letter
   */
  ImageDrawings(Map<String, byte[]> files) {
    files.forEach((path, file) -> this.files.put(codePoints(path), file));
  }

  private static String codePoints(String path) {
    return path.substring(path.lastIndexOf('/') + 1)
        .replaceFirst("[.][a-z]+$", "")
        .replace("-fe0f", "");
  }

  @Override
  public boolean has(Noun noun) {
    return files.containsKey(noun.codePoints());
  }

  @Override
  public BufferedImage draw(Noun noun, int side) {
    BufferedImage scaled = images.computeIfAbsent(noun.codePoints(), key -> read(noun));
    // Bilinear interpolation reads four pixels, so a larger step would skip some.
    while (scaled.getWidth() > 2 * side) {
      scaled = scaled(scaled, (scaled.getWidth() + 1) / 2);
    }
    return scaled(scaled, side);
  }

  private BufferedImage read(Noun noun) {
    byte[] file = files.get(noun.codePoints());
    if (file == null) {
      throw new IllegalArgumentException("the set has no drawing of " + noun.codePoints());
    }
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
      if (image == null || !image.getColorModel().hasAlpha()) {
        throw new IOException("not an image with an alpha channel");
      }
      return square(image);
    } catch (IOException e) {
      throw new UncheckedIOException("the drawing of " + noun.codePoints() + " cannot be read", e);
    }
  }

  /**
   * Returns a square copy; some images are slightly taller than wide. Colours are multiplied by
   * alpha, so that invisible pixels do not bleed into edges.
   */
  private static BufferedImage square(BufferedImage image) {
    int side = Math.max(image.getWidth(), image.getHeight());
    BufferedImage square = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB_PRE);
    Graphics2D graphics = square.createGraphics();
    graphics.drawImage(image, (side - image.getWidth()) / 2, (side - image.getHeight()) / 2, null);
    graphics.dispose();
    return square;
  }

  private static BufferedImage scaled(BufferedImage image, int side) {
    BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB_PRE);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, side, side, null);
    graphics.dispose();
    return scaled;
  }
}
