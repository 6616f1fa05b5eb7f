package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Blending of the noise of two seeds, and noise drawn for another size; A1111's "Extra" next to the
 * seed. Immutable.
 *
 * @param seed the variation seed of the first image; empty for a random one
 * @param strength 0 for the noise of the request's seed, 1 for that of the variation seed, and a
 *     spherical interpolation (slerp) in between. Above 0, further images of the request increment
 *     the variation seed and keep the request's seed
 * @param resizeFrom the size for which the noise is drawn; it is then centred in the image, so that
 *     a seed gives a similar image at another size. Empty for the image's own size
 */
public record Variation(OptionalLong seed, double strength, Optional<ImageSize> resizeFrom) {
  private static final long MOST_PIXELS = 1 << 26;

  /** No variation. The default of a request. */
  public static final Variation NONE = new Variation(OptionalLong.empty(), 0, Optional.empty());

  /**
   * Checks the strength and the size.
   *
   * @param seed the variation seed; empty for a random one
   * @param strength 0 to 1
   * @param resizeFrom the size for which the noise is drawn, at most 2²⁶ pixels (8192 × 8192);
   *     empty for the image's own size
   * @throws IllegalArgumentException if the strength is out of range or the size is too large
   */
  public Variation {
    Objects.requireNonNull(seed, "seed");
    Objects.requireNonNull(resizeFrom, "resizeFrom");
    Checks.inRange(0, 1, strength, "variation strength");
    resizeFrom.ifPresent(Variation::requireFew);
  }

  /**
   * Returns a variation towards a seed.
   *
   * @param seed the variation seed of the first image
   * @param strength 0, the noise of the request's seed, to 1, that of the variation seed
   * @return the variation, with noise drawn for the image's own size
   * @throws IllegalArgumentException if the strength is out of range
   */
  public static Variation of(long seed, double strength) {
    return new Variation(OptionalLong.of(seed), strength, Optional.empty());
  }

  /**
   * Returns a copy that draws the noise for another size.
   *
   * @param size the size for which the noise is drawn, at most 2²⁶ pixels (8192 × 8192)
   * @return the copy
   * @throws IllegalArgumentException if the size is too large
   */
  public Variation withResizeFrom(ImageSize size) {
    return new Variation(seed, strength, Optional.of(Objects.requireNonNull(size, "size")));
  }

  private static void requireFew(ImageSize size) {
    Checks.require(
        (long) size.width() * size.height() <= MOST_PIXELS,
        "size of the noise",
        "have at most " + MOST_PIXELS + " pixels, such as 8192x8192",
        size);
  }
}
