package dev.sdlora.training.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images as data URIs. Stateless. */
public final class InlineImage {
  private static final Logger LOG = LoggerFactory.getLogger(InlineImage.class);

  /** The longest side; twice the size at which pages show images, for fine screens. */
  private static final int SIDE = 512;

  private static final float QUALITY = 0.88f;

  private InlineImage() {}

  /**
   * Reads an image and makes it small.
   *
   * @return a JPEG of at most 512 pixels in each direction as a data URI; empty if there is no such
   *     file or it is no image
   */
  public static Optional<String> of(Path file) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      return image == null ? Optional.empty() : Optional.of(uri(image));
    } catch (IOException e) {
      LOG.debug("image {} is not shown", file, e);
      return Optional.empty();
    }
  }

  private static String uri(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(reduced(image), null, null), settings);
    } finally {
      writer.dispose();
    }
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** An opaque copy, which JPEG needs, scaled down if it is larger than a side. */
  private static BufferedImage reduced(BufferedImage image) {
    double scale = Math.min(1, (double) SIDE / Math.max(image.getWidth(), image.getHeight()));
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = copy.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(image, 0, 0, width, height, Color.WHITE, null);
    graphics.dispose();
    return copy;
  }
}
