package dev.sdlora.request.image;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.ImageStream;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.request.json.Fields;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;

/** The color behind transparent areas of images, A1111's {@code img2img_background_color}. */
public final class Background {
  static final String OPTION = "img2img_background_color";

  private Background() {}

  /**
   * Returns the color set in the options; empty for white, which is the default.
   *
   * @throws IllegalArgumentException if the value is not a color
   */
  public static Optional<Color> of(Fields options) {
    try {
      return options.name(OPTION).map(Color::decode).filter(color -> !color.equals(Color.WHITE));
    } catch (NumberFormatException e) {
      throw new SettingException(
          "color", "be of the form #rrggbb", options.name(OPTION).orElse(""));
    }
  }

  /** Returns an image file flattened onto the color; empty if it cannot be read. */
  public static Optional<Image> behind(byte[] file, Color color) {
    return read(file).map(image -> over(color, image));
  }

  private static Optional<BufferedImage> read(byte[] file) {
    try {
      return Optional.ofNullable(ImageIO.read(new ImageStream(new ByteArrayInputStream(file))));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty(); // The decoder that runs next reports the error.
    }
  }

  private static Image over(Color color, BufferedImage image) {
    BufferedImage flat =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = flat.createGraphics();
    graphics.drawImage(image, 0, 0, color, null);
    graphics.dispose();
    return Image.of(flat);
  }
}
