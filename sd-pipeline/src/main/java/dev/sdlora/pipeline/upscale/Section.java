package dev.sdlora.pipeline.upscale;

import java.util.ArrayList;
import java.util.List;

/**
 * A section of a side of an image, with the margin that a network reads around it.
 *
 * @param from the first pixel of the section
 * @param to the end of the section, exclusive
 * @param seenFrom the first pixel that the network reads
 * @param seenTo the end of what it reads, exclusive
 */
record Section(int from, int to, int seenFrom, int seenTo) {

  /**
   * Cuts a side into sections. The positions at which reading starts are multiples of every common
   * divisor of the section length and the margin.
   *
   * @param length the length of the side
   * @param piece the longest section; a side that is not longer than a section with its margins is
   *     one section
   * @param margin the pixels read beyond a section
   */
  static List<Section> cut(int length, int piece, int margin) {
    if (length <= piece + 2 * margin) {
      return List.of(new Section(0, length, 0, length));
    }
    List<Section> spans = new ArrayList<>();
    for (int from = 0; from < length; from += piece) {
      int to = Math.min(from + piece, length);
      spans.add(new Section(from, to, Math.max(from - margin, 0), Math.min(to + margin, length)));
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
