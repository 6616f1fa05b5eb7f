package dev.sdlora.demo;

/** The position of a thing in the image. Captions do not mention the centre. */
public enum Place {
  CENTRE("", 0, 0),
  LEFT("on the left", -1, 0),
  RIGHT("on the right", 1, 0),
  TOP("at the top", 0, -1),
  BOTTOM("at the bottom", 0, 1);

  private final String phrase;
  private final int across;
  private final int down;

  Place(String phrase, int across, int down) {
    this.phrase = phrase;
    this.across = across;
    this.down = down;
  }

  /** Returns the words for it in captions; empty for the centre. */
  public String phrase() {
    return phrase;
  }

  /** Returns the horizontal direction from the middle: -1, 0 or 1 (right). */
  public int across() {
    return across;
  }

  /** Returns the vertical direction from the middle: -1, 0 or 1 (down). */
  public int down() {
    return down;
  }

  /** Returns the place on the opposite side of the middle. */
  public Place opposite() {
    return switch (this) {
      case CENTRE -> CENTRE;
      case LEFT -> RIGHT;
      case RIGHT -> LEFT;
      case TOP -> BOTTOM;
      case BOTTOM -> TOP;
    };
  }
}
