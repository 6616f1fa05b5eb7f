package dev.sdlora.demo;

/** Where in the image a thing is; the centre is not described in captions. */
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

  /** The words for it in captions, empty for the centre. */
  public String phrase() {
    return phrase;
  }

  /** The direction from the middle to the right: -1, 0 or 1. */
  public int across() {
    return across;
  }

  /** The direction from the middle downwards: -1, 0 or 1. */
  public int down() {
    return down;
  }

  /** The place on the other side of the middle. */
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
