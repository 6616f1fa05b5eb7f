package dev.sdlora.demo.emoji.judge;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Adds artefacts of generated images to drawn ones: edges softened by a decoder, faint noise, and
 * faint ripples near edges, as in JPEG files.
 */
final class Softness {
  private static final double MOST_SHRINKING = 1.6;
  private static final double MOST_NOISE = 8;
  private static final double SHARE_WITH_WAVES = 0.25;

  private Softness() {}

  static BufferedImage of(BufferedImage image, SplittableRandom random) {
    int side = image.getWidth();
    double kind = random.nextDouble();
    BufferedImage soft = image;
    if (kind < 0.8) {
      int small = (int) (side / (1 + (MOST_SHRINKING - 1) * random.nextDouble()));
      soft = scaled(scaled(image, small), side);
    }
    if (random.nextDouble() < SHARE_WITH_WAVES) {
      soft = throughJpeg(soft, 0.4f + 0.5f * (float) random.nextDouble());
    }
    return noisy(soft, MOST_NOISE * random.nextDouble() * random.nextDouble(), random);
  }

  private static BufferedImage scaled(BufferedImage image, int side) {
    BufferedImage scaled = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, side, side, null);
    graphics.dispose();
    return scaled;
  }

  private static BufferedImage throughJpeg(BufferedImage image, float quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(file)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
      out.flush();
      return ImageIO.read(new ByteArrayInputStream(file.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("JPEG encoding in memory failed", e);
    } finally {
      writer.dispose();
    }
  }

  private static BufferedImage noisy(
      BufferedImage image, double deviation, SplittableRandom random) {
    int side = image.getWidth();
    int[] pixels = image.getRGB(0, 0, side, side, null, 0, side);
    for (int i = 0; i < pixels.length; i++) {
      // Sums of bytes approximate Gaussian noise well enough, and much faster.
      long bits = random.nextLong();
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        double sum = (bits & 1023) + (bits >>> 10 & 1023) - 1023;
        bits >>>= 20;
        int level = (int) Math.round((pixels[i] >> (16 - 8 * c) & 255) + deviation * sum / 418);
        rgb = rgb << 8 | Math.max(0, Math.min(255, level));
      }
      pixels[i] = rgb;
    }
    BufferedImage noisy = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    noisy.setRGB(0, 0, side, side, pixels, 0, side);
    return noisy;
  }
}
