package dev.sdlora.api.image;

/** The directions in which the image repeats without a seam; A1111's "Tiling". */
public enum Tiling {
  /** No direction. The default. */
  NONE,
  /** The left edge continues the right edge. */
  X,
  /** The top edge continues the bottom edge. */
  Y,
  /** Both directions. */
  BOTH
}
