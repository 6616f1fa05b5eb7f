package dev.sdlora.api.image;

/** Which edges of the image continue at the opposite edge; A1111's "Tiling". */
public enum Tiling {
  /** None. The default. */
  NONE,
  /** Left and right. */
  X,
  /** Top and bottom. */
  Y,
  /** All four. */
  BOTH
}
