package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import java.util.Objects;

/**
 * Extension of an image beyond its edges. The request's size is then the size of the extended
 * image; if it is not set, it is computed and rounded up to multiples of 8. Immutable.
 *
 * @param left pixels to add at the left, at least 0
 * @param right pixels to add at the right, at least 0
 * @param up pixels to add at the top, at least 0
 * @param down pixels to add at the bottom, at least 0
 * @param maskBlur pixels over which old and new areas blend, 0 to 64; 0 for a hard edge. Default 8
 * @param maskedContent the content that the new areas start from. Default {@link
 *     MaskedContent#FILL}
 */
public record Outpainting(
    int left, int right, int up, int down, int maskBlur, MaskedContent maskedContent) {

  /**
   * Checks the values.
   *
   * @param left pixels to add at the left, at least 0
   * @param right pixels to add at the right, at least 0
   * @param up pixels to add at the top, at least 0
   * @param down pixels to add at the bottom, at least 0
   * @param maskBlur pixels over which old and new areas blend, 0 to 64
   * @param maskedContent the content that the new areas start from
   * @throws IllegalArgumentException if a value is out of range, or no side is extended
   */
  public Outpainting {
    Objects.requireNonNull(maskedContent, "maskedContent");
    Checks.atLeast(0, left, "left");
    Checks.atLeast(0, right, "right");
    Checks.atLeast(0, up, "up");
    Checks.atLeast(0, down, "down");
    Checks.atLeast(
        1,
        Math.max(Math.max(left, right), Math.max(up, down)),
        "the largest of left, right, up and down");
    Checks.inRange(0, 64, maskBlur, "maskBlur");
  }

  /**
   * Extends the image with the default blur and content.
   *
   * @param left pixels to add at the left, at least 0
   * @param right pixels to add at the right, at least 0
   * @param up pixels to add at the top, at least 0
   * @param down pixels to add at the bottom, at least 0
   * @return the settings
   * @throws IllegalArgumentException if a value is negative, or all are 0
   */
  public static Outpainting of(int left, int right, int up, int down) {
    return new Outpainting(left, right, up, down, 8, MaskedContent.FILL);
  }
}
