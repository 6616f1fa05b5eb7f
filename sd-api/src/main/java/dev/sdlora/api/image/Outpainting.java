package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * Painting beyond the edges of an image. The request's size is then that of the whole, and is
 * rounded up to multiples of 8 where it is not given. Immutable.
 *
 * @param left pixels to add at the left, at least 0
 * @param right pixels to add at the right, at least 0
 * @param up pixels to add at the top, at least 0
 * @param down pixels to add at the bottom, at least 0
 * @param maskBlur pixels over which old and new blend, 0 to 64. Default 8; 0 for a hard edge
 * @param maskedContent what the new places start from. Default {@link MaskedContent#FILL}
 */
public record Outpainting(
    int left, int right, int up, int down, int maskBlur, MaskedContent maskedContent) {

  /**
   * Checks the numbers.
   *
   * @param left pixels, at least 0
   * @param right pixels, at least 0
   * @param up pixels, at least 0
   * @param down pixels, at least 0
   * @param maskBlur pixels, from 0 to 64
   * @param maskedContent what the new places start from
   * @throws IllegalArgumentException if one is out of range, or nothing is to be added
   */
  public Outpainting {
    Objects.requireNonNull(maskedContent, "maskedContent");
    Checks.atLeast(0, left, "left");
    Checks.atLeast(0, right, "right");
    Checks.atLeast(0, up, "up");
    Checks.atLeast(0, down, "down");
    Checks.atLeast(1, Math.max(Math.max(left, right), Math.max(up, down)), "the widest side");
    Checks.inRange(0, 64, maskBlur, "maskBlur");
  }

  /**
   * Adds pixels at each side, with the default blur and content.
   *
   * @param left pixels to add at the left, at least 0
   * @param right pixels to add at the right, at least 0
   * @param up pixels to add at the top, at least 0
   * @param down pixels to add at the bottom, at least 0
   * @return the settings
   * @throws IllegalArgumentException if one is negative, or all are 0
   */
  public static Outpainting of(int left, int right, int up, int down) {
    return new Outpainting(left, right, up, down, 8, MaskedContent.FILL);
  }
}
