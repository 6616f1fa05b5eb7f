package dev.sdlora.api.image;

import dev.sdlora.api.value.SettingException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A size of any image in pixels. Unlike {@link ImageSize}, sides need not be multiples of 8.
 *
 * @param width from 1
 * @param height from 1
 */
public record PixelSize(int width, int height) {
  private static final Pattern WIDTH_X_HEIGHT = Pattern.compile("(\\d{1,6})[xX×](\\d{1,6})");

  /**
   * Checks both sides.
   *
   * @param width pixels, at least 1; no multiple of anything
   * @param height pixels, at least 1; no multiple of anything
   * @throws IllegalArgumentException if a side is below 1
   */
  public PixelSize {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("sides must be at least 1: " + width + "x" + height);
    }
  }

  /**
   * Reads a size as A1111 writes it.
   *
   * @param text {@code WIDTHxHEIGHT}, such as {@code 1024x1024}
   * @return the size
   * @throws IllegalArgumentException if the text has another form or a side is below 1
   */
  public static PixelSize parse(String text) {
    Objects.requireNonNull(text, "text");
    Matcher sides = WIDTH_X_HEIGHT.matcher(text.strip());
    if (!sides.matches()) {
      throw new SettingException("size", "be WIDTHxHEIGHT in pixels, such as 1024x1024", text);
    }
    return new PixelSize(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2)));
  }

  /** As A1111 writes sizes, such as {@code 1024x1024}: width first. */
  @Override
  public String toString() {
    return width + "x" + height;
  }
}
