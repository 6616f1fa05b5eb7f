package dev.sdlora.api.image;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.value.Checks;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of the image in which something acts: a LoRA ({@link LoraAdapter#withMask(RegionMask)},
 * {@code <lora:name:0.8:mask=face>}) or a side of the prompt's {@code AND} ({@code <mask:face>}).
 * It lies over the image that comes out, whatever its own size is. Immutable.
 */
public final class RegionMask {
  /** So many pixels has a side of a mask that is given by shares. */
  private static final int SIDE = 240;

  private static final int DEFAULT_BLUR = 8;
  private static final int MAX_BLUR = 256;

  private final Image picture;
  private final int blur;

  private RegionMask(Image picture, int blur) {
    this.picture = picture;
    this.blur = blur;
  }

  /**
   * {@return a mask with an edge that is blurred by 8 pixels}
   *
   * @param picture of any size, which is stretched over the image that comes out: what is white is
   *     inside, black is outside, grey partly inside
   */
  public static RegionMask of(Image picture) {
    return new RegionMask(Objects.requireNonNull(picture, "picture"), DEFAULT_BLUR);
  }

  /**
   * {@return a mask of a rectangle, with an edge that is blurred by 8 pixels} The left half is
   * {@code rectangle(0, 0, 0.5, 1)}.
   *
   * @param left its left edge, as a share of the width, from 0
   * @param top its upper edge, as a share of the height, from 0
   * @param right its right edge, to 1
   * @param bottom its lower edge, to 1
   * @throws IllegalArgumentException if a share is out of range, or an edge does not lie behind the
   *     one across
   */
  public static RegionMask rectangle(double left, double top, double right, double bottom) {
    Checks.inRange(0, 1, left, "left");
    Checks.inRange(0, 1, top, "top");
    Checks.inRange(0, 1, right, "right");
    Checks.inRange(0, 1, bottom, "bottom");
    if (left >= right || top >= bottom) {
      throw new IllegalArgumentException(
          "a rectangle must have its left edge before the right and its upper before the lower: %s,"
                  .formatted(left)
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

  /** How much of a pixel lies between two edges. */
  private static double covered(int pixel, double from, double to) {
    return Math.max(0, Math.min(pixel + 1, to * SIDE) - Math.max(pixel, from * SIDE));
  }

  /**
   * {@return the same mask with another edge}
   *
   * @param pixels standard deviation of the blur, in pixels of the image that the first pass draws,
   *     0 to 256; hires fix enlarges it with the image. A latent has one position for 8 pixels
   * @throws IllegalArgumentException if it is out of range
   */
  public RegionMask withBlur(int pixels) {
    return new RegionMask(picture, Checks.inRange(0, MAX_BLUR, pixels, "blur"));
  }

  /** {@return the mask as it was given; white is inside} */
  public Image image() {
    return picture;
  }

  /** {@return how far its edge is blurred: the standard deviation in pixels} Default 8. */
  public int blur() {
    return blur;
  }

  /** Whether the other is the same region with the same edge. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegionMask that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(picture, blur);
  }

  /** The size of the mask and its blur. */
  @Override
  public String toString() {
    return "RegionMask[%sx%s, blur %s]".formatted(picture.width(), picture.height(), blur);
  }
}
