package dev.sdlora.pipeline.upscale;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a side of a picture, with what a network sees around it.
 *
 * @param from the first pixel of the piece
 * @param to behind its last pixel
 * @param seenFrom the first pixel that the network sees
 * @param seenTo behind the last one; may lie behind the end of the side
 */
record Span(int from, int to, int seenFrom, int seenTo) {

  /**
   * Cuts a side into pieces. All begin at, and see, multiples of a number, as far as the piece
   * length and the margin are.
   *
   * @param length of the side
   * @param piece the longest piece; a side that is not longer than a piece with its margins is one
   * @param margin how far the network sees beyond a piece
   * @param multiple what is seen at the end is rounded up to a multiple of this
   */
  static List<Span> cut(int length, int piece, int margin, int multiple) {
    int end = (length + multiple - 1) / multiple * multiple;
    if (length <= piece + 2 * margin) {
      return List.of(new Span(0, length, 0, end));
    }
    List<Span> spans = new ArrayList<>();
    for (int from = 0; from < length; from += piece) {
      int to = Math.min(from + piece, length);
      spans.add(
          new Span(from, to, Math.max(from - margin, 0), Math.min(from + piece + margin, end)));
    }
    return spans;
  }

  int seen() {
    return seenTo - seenFrom;
  }

  int length() {
    return to - from;
  }
}
