package dev.sdlora.training.data;

import dev.sdlora.api.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Converts images to the autoencoder's input. Stateless. */
public final class ImageInput {
  private ImageInput() {}

  /**
   * An image at the training resolution.
   *
   * @param values [3][height][width], -1 to 1
   * @param sizes its original size and the part that was cropped
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
  public record Fitted(float[] values, TrainingImageSizes sizes) {}

  /**
   * Scales an image to cover a size, keeping its aspect ratio, and crops it equally on both sides.
   * Transparent areas become white.
   */
  public static Fitted fit(BufferedImage image, ImageSize size) {
    BufferedImage fitted = cover(image, size);
    int plane = size.width() * size.height();
    int[] rgb = fitted.getRGB(0, 0, size.width(), size.height(), null, 0, size.width());
    float[] values = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      values[i] = level(rgb[i] >> 16);
      values[plane + i] = level(rgb[i] >> 8);
      values[2 * plane + i] = level(rgb[i]);
    }
    return new Fitted(values, sizes(image, size));
  }

  private static TrainingImageSizes sizes(BufferedImage image, ImageSize size) {
    Sides scaled = Sides.of(image, scale(image, size));
    return new TrainingImageSizes(
        image.getHeight(),
        image.getWidth(),
        Math.max(0, scaled.height() - size.height()) / 2,
        Math.max(0, scaled.width() - size.width()) / 2,
        size.height(),
        size.width());
  }

  private static float level(int bits) {
    return (bits & 0xff) / 127.5f - 1;
  }

  // Does not use pipeline.raster, whose filters are those of A1111: trained files would change.
  private static BufferedImage cover(BufferedImage image, ImageSize size) {
    BufferedImage source = image;
    double scale = scale(source, size);
    // Interpolation uses only a few neighbours, so a large image is halved repeatedly to keep
    // details.
    while (scale <= 0.5) {
      int width = (source.getWidth() + 1) / 2;
      int height = (source.getHeight() + 1) / 2;
      source =
          draw(
              source,
              new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB),
              new Sides(width, height),
              RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      scale = scale(source, size);
    }
    BufferedImage canvas =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    return draw(
        source, canvas, Sides.of(source, scale), RenderingHints.VALUE_INTERPOLATION_BICUBIC);
  }

  private static double scale(BufferedImage image, ImageSize size) {
    return Math.max(
        (double) size.width() / image.getWidth(), (double) size.height() / image.getHeight());
  }

  /** The width and height of an image in pixels, without the constraints of image sizes. */
  private record Sides(int width, int height) {
    static Sides of(BufferedImage image, double scale) {
      return new Sides(
          (int) Math.round(image.getWidth() * scale), (int) Math.round(image.getHeight() * scale));
    }
  }

  private static BufferedImage draw(
      BufferedImage source, BufferedImage canvas, Sides drawn, Object interpolation) {
    Graphics2D graphics = canvas.createGraphics();
    if (!canvas.getColorModel().hasAlpha()) {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    }
    graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
    graphics.drawImage(
        source,
        (canvas.getWidth() - drawn.width()) / 2,
        (canvas.getHeight() - drawn.height()) / 2,
        drawn.width(),
        drawn.height(),
        null);
    graphics.dispose();
    return canvas;
  }
}
