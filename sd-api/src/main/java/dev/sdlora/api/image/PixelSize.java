package dev.sdlora.api.image;

import dev.sdlora.api.value.SettingException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of any image in pixels. Unlike in {@link ImageSize}, sides need not be multiples of 8.
 *
 * @param width the width in pixels, at least 1
 * @param height the height in pixels, at least 1
 */
public record PixelSize(int width, int height) {
  private static final Pattern WIDTH_X_HEIGHT = Pattern.compile("(\\d{1,6})[xX×](\\d{1,6})");

  /**
   * Checks both sides.
   *
   * @param width the width in pixels, at least 1
   * @param height the height in pixels, at least 1
   * @throws IllegalArgumentException if a side is below 1
   */
  public PixelSize {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("sides must be at least 1: " + width + "x" + height);
    }
  }

  /**
   * Parses a size in A1111's format.
   *
   * @param text {@code WIDTHxHEIGHT}, such as {@code 1024x1024}
   * @return the size
   * @throws IllegalArgumentException if the text has another format or a side is below 1
   */
  public static PixelSize parse(String text) {
    Objects.requireNonNull(text, "text");
    Matcher sides = WIDTH_X_HEIGHT.matcher(text.strip());
    if (!sides.matches()) {
      throw new SettingException("size", "be WIDTHxHEIGHT in pixels, such as 1024x1024", text);
    }
    return new PixelSize(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
  }

  /** Returns the size in A1111's format, such as {@code 1024x1024}: width first. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
