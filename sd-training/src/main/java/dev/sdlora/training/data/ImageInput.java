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
   * An image at its training size.
   *
   * @param values [3][height][width], -1 to 1
   * @param sizes its original size and the part that was cropped
   */
  @SuppressWarnings("ArrayRecordComponent") // Large, and never compared.
  public record Fitted(float[] values, TrainingImageSizes sizes) {
    /** The mirrored image. */
    public Fitted mirrored(Placement placement) {
      int right = placement.scaledWidth() - placement.size().width() - placement.left();
      return new Fitted(
          ImageInput.mirrored(values, placement.size().width()),
          new TrainingImageSizes(
              sizes.originalHeight(),
              sizes.originalWidth(),
              sizes.cropTop(),
              right,
              sizes.targetHeight(),
              sizes.targetWidth()));
    }
  }

  /**
   * Scales an image to cover a size, keeping its aspect ratio, and crops it equally on both sides.
   * Transparent areas become white.
   */
  public static Fitted fit(BufferedImage image, ImageSize size) {
    return fit(image, Placement.covering(image.getWidth(), image.getHeight(), size));
  }

  /** Scales and crops an image. Transparent areas become white. */
  public static Fitted fit(BufferedImage image, Placement placement) {
    int[] rgb = pixels(image, placement);
    int plane = rgb.length;
    float[] values = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      values[i] = level(rgb[i] >> 16);
      values[plane + i] = level(rgb[i] >> 8);
      values[2 * plane + i] = level(rgb[i]);
    }
    TrainingImageSizes sizes =
        new TrainingImageSizes(
            image.getHeight(),
            image.getWidth(),
            placement.top(),
            placement.left(),
            placement.size().height(),
            placement.size().width());
    return new Fitted(values, sizes);
  }

  /**
   * Scales and crops a mask in the same way as its image.
   *
   * @param mask grey levels, of the aspect ratio of the image
   * @return [height][width], 0 for black to 1 for white
   */
  public static float[] mask(BufferedImage mask, Placement placement) {
    int[] rgb = pixels(mask, placement);
    float[] values = new float[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      // The grey level of ITU-R 601-2, as in PIL.
      int sum = 299 * (rgb[i] >> 16 & 0xff) + 587 * (rgb[i] >> 8 & 0xff) + 114 * (rgb[i] & 0xff);
      values[i] = sum / 255_000f;
    }
    return values;
  }

  /**
   * Averages a mask over the area of each position of a latent.
   *
   * @param mask [height][width] of the training size, whose sides are multiples of those of the
   *     latent
   * @return [rows][columns]
   */
  public static float[] averaged(float[] mask, Placement placement, int rows, int columns) {
    int width = placement.size().width();
    int down = placement.size().height() / rows;
    int across = width / columns;
    double[] sums = new double[rows * columns];
    for (int i = 0; i < mask.length; i++) {
      sums[i / width / down * columns + i % width / across] += mask[i];
    }
    float[] averages = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      averages[i] = (float) (sums[i] / (down * across));
    }
    return averages;
  }

  /** The opacity of an image, as grey levels. */
  public static BufferedImage opacity(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int[] argb = image.getRGB(0, 0, width, height, null, 0, width);
    for (int i = 0; i < argb.length; i++) {
      argb[i] = (argb[i] >>> 24) * 0x010101;
    }
    BufferedImage opacity = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    opacity.setRGB(0, 0, width, height, argb, 0, width);
    return opacity;
  }

  /**
   * Reverses all rows.
   *
   * @param values rows of this width, one after another
   */
  public static float[] mirrored(float[] values, int width) {
    float[] mirrored = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int column = i % width;
      mirrored[i] = values[i - column + width - 1 - column];
    }
    return mirrored;
  }

  private static float level(int bits) {
    return (bits & 0xff) / 127.5f - 1;
  }

  // Does not use pipeline.raster, whose filters are those of A1111: trained files would change.
  private static int[] pixels(BufferedImage image, Placement placement) {
    BufferedImage source = image;
    // Interpolation uses only a few neighbours, so a large image is halved repeatedly to keep
    // details.
    while (2 * placement.scaledWidth() <= source.getWidth()
        && 2 * placement.scaledHeight() <= source.getHeight()) {
      int width = (source.getWidth() + 1) / 2;
      int height = (source.getHeight() + 1) / 2;
      source =
          draw(
              source,
              new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB),
              0,
              0,
              width,
              height,
              RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    }
    int width = placement.size().width();
    int height = placement.size().height();
    BufferedImage fitted =
        draw(
            source,
            new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB),
            -placement.left(),
            -placement.top(),
            placement.scaledWidth(),
            placement.scaledHeight(),
            RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    return fitted.getRGB(0, 0, width, height, null, 0, width);
  }

  private static BufferedImage draw(
      BufferedImage source,
      BufferedImage canvas,
      int x,
      int y,
      int width,
      int height,
      Object interpolation) {
    Graphics2D graphics = canvas.createGraphics();
    if (!canvas.getColorModel().hasAlpha()) {
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    }
    graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, interpolation);
    graphics.drawImage(source, x, y, width, height, null);
    graphics.dispose();
    return canvas;
  }
}
