package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import java.util.List;

/**
 * Builds the nodes without children. Builds them in order, from offsets in the text without
 * comments and tags, and inserts those between them.
 */
final class Leaves {
  private final String prompt;
  private final List<Span> cuts;

  /** The offset in the prompt for each offset in the text. */
  private final int[] origins;

  /** The offset in the text for each cut. */
  private final int[] places;

  private int nextCut;

  Leaves(String prompt, ExtraNetworks cut) {
    this.prompt = prompt;
    this.cuts = cut.cuts();
    origins = new int[cut.text().length() + 1];
    places = new int[cuts.size()];
    int place = 0;
    int origin = 0;
    for (int i = 0; i < places.length; i++) {
      while (origin < cuts.get(i).start()) {
        origins[place++] = origin++;
      }
      places[i] = place;
      origin = cuts.get(i).end();
    }
    while (place < origins.length) {
      origins[place++] = origin++;
    }
  }

  /** Returns the range in the prompt of a stretch of the text that is not empty. */
  Span span(int from, int to) {
    return new Span(origins[from], origins[to - 1] + 1);
  }

  /** Adds the comments and tags before an offset that have not been added yet. */
  void addCuts(List<PromptNode> nodes, int place) {
    while (nextCut < places.length && places[nextCut] <= place) {
      nodes.add(cut(cuts.get(nextCut++)));
    }
  }

  private PromptNode cut(Span span) {
    String written = prompt.substring(span.start(), span.end());
    return new PromptNode(written.charAt(0) == '#' ? Kind.COMMENT : Kind.TAG, span, written);
  }

  /** Adds literal text with the comments and tags in it. */
  void addText(List<PromptNode> nodes, int from, int to) {
    int at = from;
    while (at < to) {
      addCuts(nodes, at);
      int end = nextCut < places.length ? Math.min(to, places[nextCut]) : to;
      addTo(nodes, at, end, Kind.TEXT);
      at = end;
    }
  }

  /** Adds an element of the language, as written. */
  void addTo(List<PromptNode> nodes, int from, int to, Kind kind) {
    addCuts(nodes, from);
    Span span = span(from, to);
    nodes.add(new PromptNode(kind, span, written(from, to)));
  }

  /** Returns a stretch of the text as written, with the comments and tags inside it. */
  private String written(int from, int to) {
    passCuts(to);
    return prompt.substring(origins[from], origins[to - 1] + 1);
  }

  /** Returns everything written between two offsets of the text. */
  String between(int left, int right) {
    passCuts(right + 1);
    return prompt.substring(origins[left] + 1, origins[right]);
  }

  private void passCuts(int to) {
    while (nextCut < places.length && places[nextCut] < to) {
      nextCut++;
    }
  }
}
