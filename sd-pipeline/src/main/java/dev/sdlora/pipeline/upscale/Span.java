package dev.sdlora.pipeline.upscale;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a side of an image, with what a network sees around it.
 *
 * @param from the first pixel of the piece
 * @param to behind its last pixel
 * @param seenFrom the first pixel that the network sees
 * @param seenTo behind the last one
 */
record Span(int from, int to, int seenFrom, int seenTo) {

  /**
   * Cuts a side into pieces. What is seen begins at multiples of what the piece length and the
   * margin are multiples of.
   *
   * @param length of the side
   * @param piece the longest piece; a side that is not longer than a piece with its margins is one
   * @param margin how far the network sees beyond a piece
   */
  static List<Span> cut(int length, int piece, int margin) {
    if (length <= piece + 2 * margin) {
      return List.of(new Span(0, length, 0, length));
    }
    List<Span> spans = new ArrayList<>();
    for (int from = 0; from < length; from += piece) {
      int to = Math.min(from + piece, length);
      spans.add(new Span(from, to, Math.max(from - margin, 0), Math.min(to + margin, length)));
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
