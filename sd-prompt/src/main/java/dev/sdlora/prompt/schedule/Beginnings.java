package dev.sdlora.prompt.schedule;

/**
 * The possible starts of a piece of text, or of a bracket pair, that ends here: it can be read
 * together with everything before it in its bracket, with a part of that, or alone. Each is a
 * separate reading. {@link BracketRun} needs to know whether the first of these, the only one that
 * can end the bracket, comes before all others. As there, each piece reverses the order, and the
 * newest reading comes second.
 *
 * @param count the number of readings
 * @param whole the position of the reading with everything before it, counted from 0
 */
record Beginnings(int count, int whole) {
  /** The start of a bracket, with nothing before it. */
  static final Beginnings START = new Beginnings(1, 0);

  /** Whether the reading with everything before it comes first for a piece that starts here. */
  boolean wholeIsFirst() {
    return turned() == 0;
  }

  /**
   * Returns the possible starts after a piece that starts here.
   *
   * @param seenFirst whether the piece was found before readings in which its last bracket is plain
   */
  Beginnings next(boolean seenFirst) {
    return new Beginnings(count + 1, seenFirst && wholeIsFirst() ? 0 : turned() + 1);
  }

  private int turned() {
    return count - 1 - whole;
  }
}
