package dev.sdlora.demo;

/** How large a thing is; a medium one is not described in captions. */
public enum Size {
  SMALL("small", 0.17, 0.27),
  MEDIUM("", 0.26, 0.18),
  LARGE("large", 0.36, 0.09);

  private final String word;
  private final double radius;
  private final double offset;

  Size(String word, double radius, double offset) {
    this.word = word;
    this.radius = radius;
    this.offset = offset;
  }

  /** The word for it in captions, empty for the medium size. */
  public String word() {
    return word;
  }

  /** The radius as a share of the image's side. */
  public double radius() {
    return radius;
  }

  /** How far from the middle a thing of this size is set, as a share of the side. */
  public double offset() {
    return offset;
  }
}
