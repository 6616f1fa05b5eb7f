package dev.sdlora.prompt.schedule;

/**
 * Where a piece of text or a pair can be taken to belong that ends here: with all in front of it in
 * its bracket, with a part of that, or with nothing. Each is a reading of its own, and {@link
 * BracketRun} needs to know whether the first of these, which alone can end the bracket, comes
 * before all others. As there, the order turns around with each piece, and the newest reading comes
 * second.
 *
 * @param count how many readings there are
 * @param whole the place of the one with all in front, counted from 0
 */
record Beginnings(int count, int whole) {
  /** At the start of a bracket, where there is nothing in front. */
  static final Beginnings START = new Beginnings(1, 0);

  /** Whether the reading with all in front comes first for a piece that starts here. */
  boolean wholeIsFirst() {
    return turned() == 0;
  }

  /**
   * What holds behind a piece that starts here.
   *
   * @param seenFirst whether it was seen before readings in which its last bracket is plain
   */
  Beginnings next(boolean seenFirst) {
    return new Beginnings(count + 1, seenFirst && wholeIsFirst() ? 0 : turned() + 1);
  }

  private int turned() {
    return count - 1 - whole;
  }
}
