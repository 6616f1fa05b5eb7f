package dev.sdlora.api.image;

import dev.sdlora.api.value.Checks;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Noise between that of two seeds, and noise of another size; what A1111 shows behind "Extra" at
 * the seed. Immutable.
 *
 * @param seed the variation seed of the first image, or empty for a random one
 * @param strength 0 for the noise of the request's seed, 1 for that of the variation seed, between
 *     them along a great circle (slerp). Above 0, further images count the variation seed up and
 *     keep the request's seed
 * @param resizeFrom noise is drawn for an image of this size and laid in the middle, so that a seed
 *     shows much the same at another size; empty for the image's own size
 */
public record Variation(OptionalLong seed, double strength, Optional<ImageSize> resizeFrom) {
  /** No variation: what a request has that does not say otherwise. */
  public static final Variation NONE = new Variation(OptionalLong.empty(), 0, Optional.empty());

  /**
   * Checks the strength.
   *
   * @param seed empty for a random one
   * @param strength from 0 to 1
   * @param resizeFrom empty for the image's own size
   * @throws IllegalArgumentException if the strength is out of range
   */
  public Variation {
    Objects.requireNonNull(seed, "seed");
    Objects.requireNonNull(resizeFrom, "resizeFrom");
    Checks.inRange(0, 1, strength, "variation strength");
  }

  /**
   * Varies towards a seed.
   *
   * @param seed the variation seed of the first image
   * @param strength from 0, the noise of the request's seed, to 1, that of this one
   * @return the variation, at the image's own size
   * @throws IllegalArgumentException if the strength is out of range
   */
  public static Variation of(long seed, double strength) {
    return new Variation(OptionalLong.of(seed), strength, Optional.empty());
  }

  /**
   * Draws the noise for another size.
   *
   * @param size the size at which the seed is known
   * @return the same variation with that size
   */
  public Variation withResizeFrom(ImageSize size) {
    return new Variation(seed, strength, Optional.of(Objects.requireNonNull(size, "size")));
  }
}
