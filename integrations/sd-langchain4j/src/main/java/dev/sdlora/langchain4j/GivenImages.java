package dev.sdlora.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.sdlora.api.error.ImageFileException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** Reads images contained in requests. Nothing is fetched from the network or from files. */
final class GivenImages {
  private static final String BASE64 = ";base64,";

  private GivenImages() {}

  /** Reads an image; transparent areas become white. */
  static dev.sdlora.api.image.Image pixels(String name, Image image) {
    return read(name, bytes(name, image));
  }

  private static dev.sdlora.api.image.Image read(String name, byte[] file) {
    try {
      return dev.sdlora.api.image.Image.read(new ByteArrayInputStream(file));
    } catch (ImageFileException e) {
      throw new ImageFileException(name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a mask, white where to paint: the transparent area of the mask, or its white area if
   * nothing is transparent.
   */
  static dev.sdlora.api.image.Image mask(Image mask) {
    byte[] file = bytes("mask", mask);
    dev.sdlora.api.image.Image opaque =
        read("mask", file); // checks the size before the pixels are read
    BufferedImage image;
    try {
      image = ImageIO.read(new ByteArrayInputStream(file));
    } catch (IOException e) {
      throw new ImageFileException("mask: " + e.getMessage(), e);
    }
    if (!image.getColorModel().hasAlpha()) {
      return opaque;
    }
    int width = opaque.width();
    byte[] rgb = new byte[3 * width * opaque.height()];
    int[] row = new int[width];
    boolean transparent = false;
    for (int y = 0; y < opaque.height(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int open = 255 - (row[x] >>> 24);
        transparent |= open > 0;
        for (int channel = 0; channel < 3; channel++) {
          rgb[3 * (y * width + x) + channel] = (byte) open;
        }
      }
    }
    return transparent ? dev.sdlora.api.image.Image.of(width, opaque.height(), rgb) : opaque;
  }

  private static byte[] bytes(String name, Image image) {
    @Nullable String data = image.base64Data();
    try {
      return Base64.getMimeDecoder().decode(data == null ? data(name, image.url()) : data);
    } catch (IllegalArgumentException e) {
      throw new ImageFileException(name + " has invalid base64: " + e.getMessage(), e);
    }
  }

  private static String data(String name, @Nullable URI address) {
    if (address == null) {
      throw new ImageFileException(name + " has neither base64Data nor a url");
    }
    String text = address.toString();
    int start = text.indexOf(BASE64);
    if (!"data".equalsIgnoreCase(address.getScheme()) || start < 0) {
      String shown = text.length() <= 80 ? text : text.substring(0, 80) + "…";
      throw new ImageFileException(
          "%s must have base64Data or a url of the form data:image/png;base64,…; other URLs are not fetched: '%s'"
              .formatted(name, shown));
    }
    return text.substring(start + BASE64.length());
  }
}
