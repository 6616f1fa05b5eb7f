package dev.sdlora.api;

/**
 * Whether pictures go through the VAE in overlapping tiles, which bounds the memory that large ones
 * take. Immutable.
 *
 * @param mode when to tile. Default {@link Mode#OFF}
 * @param tileSize side of a tile in pixels, a multiple of 8 and at least 64. Default 512
 * @param overlap pixels that neighbours share, a multiple of 8 below {@code tileSize}; 0 for none,
 *     which shows seams. Default 64
 */
public record VaeTiling(Mode mode, int tileSize, int overlap) {
  /** Whole pictures: what a request has that does not say otherwise. */
  public static final VaeTiling OFF = new VaeTiling(Mode.OFF, 512, 64);

  /** Tiles of 512 pixels for pictures that are larger. */
  public static final VaeTiling AUTO = new VaeTiling(Mode.AUTO, 512, 64);

  /** When to tile. */
  public enum Mode {
    /** Never. */
    OFF,
    /** When a side of the picture is longer than a tile. */
    AUTO
  }

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is out of range or no multiple of 8
   */
  public VaeTiling {
    Checks.positiveMultipleOf(8, Checks.atLeast(64, tileSize, "tileSize"), "tileSize");
    Checks.inRange(0, tileSize - 8, overlap, "overlap");
    if (overlap % 8 != 0) {
      throw new IllegalArgumentException("overlap must be a multiple of 8: " + overlap);
    }
  }
}
