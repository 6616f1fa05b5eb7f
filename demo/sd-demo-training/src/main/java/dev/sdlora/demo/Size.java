package dev.sdlora.demo;

/** The size of a thing. Captions do not mention the medium one. */
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

  /** Returns the word for it in captions; empty for the medium size. */
  public String word() {
    return word;
  }

  /** Returns the radius as a fraction of the image's side. */
  public double radius() {
    return radius;
  }

  /** Returns the offset of a thing of this size from the middle, as a fraction of the side. */
  public double offset() {
    return offset;
  }
}
