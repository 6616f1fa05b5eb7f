package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.SettingException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Size of an image to generate, in pixels. Both sides are positive multiples of 8, the factor by
 * which the VAE enlarges a latent.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 */
public record ImageSize(int width, int height) {
  private static final Pattern WIDTH_X_HEIGHT = Pattern.compile("(\\d{1,6})[xX×](\\d{1,6})");

  /**
   * Checks both sides.
   *
   * @param width the width in pixels, a positive multiple of 8
   * @param height the height in pixels, a positive multiple of 8
   * @throws IllegalArgumentException if a side is not a positive multiple of 8
   */
  public ImageSize {
    Checks.positiveMultipleOf(8, width, "width");
    Checks.positiveMultipleOf(8, height, "height");
  }

  /** Returns the size as A1111 writes it, such as {@code 512x768}: width first. */
  @Override
  public String toString() {
    return width + "x" + height;
  }

  /**
   * Parses a size such as {@code 512x768}.
   *
   * @param text {@code WIDTHxHEIGHT} in pixels; {@code X} and {@code ×} are accepted, too
   * @return the size
   * @throws IllegalArgumentException if the text has another form or a side is not a positive
   *     multiple of 8
   */
  public static ImageSize parse(String text) {
    Objects.requireNonNull(text, "text");
    Matcher sides = WIDTH_X_HEIGHT.matcher(text.strip());
    if (!sides.matches()) {
      throw new SettingException("size", "be WIDTHxHEIGHT in pixels, such as 512x768", text);
    }
    return new ImageSize(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
  }
}
