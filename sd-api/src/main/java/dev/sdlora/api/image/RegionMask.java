package dev.sdlora.api.image;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of the image to which something applies: a LoRA ({@link LoraAdapter#withMask(RegionMask)},
 * {@code <lora:name:0.8:mask=face>}) or a subprompt joined by {@code AND} ({@code <mask:face>}).
 * The mask is stretched to the generated image, whatever its own size. Immutable.
 */
public final class RegionMask {
  /** Side in pixels of a mask given by fractions. */
  private static final int SIDE = 240;

  private static final int DEFAULT_BLUR = 8;
  private static final int MAX_BLUR = 256;

  private final Image image;
  private final int blur;

  private RegionMask(Image image, int blur) {
    this.image = image;
    this.blur = blur;
  }

  /**
   * {@return a mask whose edge is blurred by 8 pixels}
   *
   * @param image an image of any size, stretched to the generated image: white is inside, black is
   *     outside, grey is partly inside
   */
  public static RegionMask of(Image image) {
    return new RegionMask(Objects.requireNonNull(image, "image"), DEFAULT_BLUR);
  }

  /**
   * {@return a rectangular mask whose edge is blurred by 8 pixels} The left half of the image is
   * {@code rectangle(0, 0, 0.5, 1)}.
   *
   * @param left the left edge as a fraction of the width, 0 to 1
   * @param top the top edge as a fraction of the height, 0 to 1
   * @param right the right edge as a fraction of the width, 0 to 1 and greater than {@code left}
   * @param bottom the bottom edge as a fraction of the height, 0 to 1 and greater than {@code top}
   * @throws IllegalArgumentException if a fraction is out of range or the rectangle is empty
   */
  public static RegionMask rectangle(double left, double top, double right, double bottom) {
    Checks.inRange(0, 1, left, "left");
    Checks.inRange(0, 1, top, "top");
    Checks.inRange(0, 1, right, "right");
    Checks.inRange(0, 1, bottom, "bottom");
    if (left >= right || top >= bottom) {
      throw new IllegalArgumentException(
          "a rectangle must have left < right and top < bottom: %s,".formatted(left)
              + " %s, %s, %s".formatted(top, right, bottom));
    }
    byte[] rgb = new byte[SIDE * SIDE * 3];
    for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
      double inside = covered(pixel % SIDE, left, right) * covered(pixel / SIDE, top, bottom);
      for (int channel = 0; channel < 3; channel++) {
        rgb[3 * pixel + channel] = (byte) Math.round(255 * inside);
      }
    }
    return of(Image.of(SIDE, SIDE, rgb));
  }

  /** Returns the fraction of a pixel between two edges. */
  private static double covered(int pixel, double from, double to) {
    return Math.max(0, Math.min(pixel + 1, to * SIDE) - Math.max(pixel, from * SIDE));
  }

  /**
   * {@return a copy of this mask with another blur}
   *
   * @param pixels the standard deviation of the blur in pixels of the first pass's image, 0 to 256;
   *     hires fix scales it with the image. A latent has one position for every 8 pixels
   * @throws IllegalArgumentException if the blur is out of range
   */
  public RegionMask withBlur(int pixels) {
    return new RegionMask(image, Checks.inRange(0, MAX_BLUR, pixels, "blur"));
  }

  /** {@return the original image of the mask; white is inside} */
  public Image image() {
    return image;
  }

  /** {@return the blur of the mask's edge: its standard deviation in pixels} Default 8. */
  public int blur() {
    return blur;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegionMask that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(image, blur);
  }

  /** Returns the size of the mask and its blur. */
  @Override
  public String toString() {
    return "RegionMask[%sx%s, blur %s]".formatted(image.width(), image.height(), blur);
  }
}
