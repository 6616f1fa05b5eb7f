package dev.sdlora.server.prompt;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.Span;
import java.util.ArrayList;
import java.util.List;

/** The highlighted parts of a prompt, in order and without overlap. */
final class Highlights {
  /** Limit of parts that a browser can lay out while the user types; the rest stays plain. */
  private static final int MOST = 3000;

  private final boolean negative;
  private final boolean plain;
  private final List<Highlight> found = new ArrayList<>();

  /**
   * A highlighted part.
   *
   * @param span its position
   * @param kind its kind, in one word
   */
  record Highlight(Span span, String kind) {}

  private Highlights(boolean negative, boolean plain) {
    this.negative = negative;
    this.plain = plain;
  }

  /**
   * Returns the parts of a prompt that are more than plain text, in order.
   *
   * @param negative whether it is a negative prompt, in which {@code AND} is a plain word
   * @param plain whether the model reads weights, escapes and {@code BREAK} as plain text
   */
  static List<Highlight> of(Prompt tree, boolean negative, boolean plain) {
    Highlights highlights = new Highlights(negative, plain);
    tree.parts().forEach(part -> highlights.addAll(part.nodes(), 1));
    return highlights.found;
  }

  private void addAll(List<PromptNode> nodes, double weight) {
    nodes.forEach(node -> add(node, weight));
  }

  private void add(PromptNode node, double weight) {
    Span span = node.span();
    switch (node.kind()) {
      case ATTENTION -> addAround(node, weighting("attention"), weight * factor(node));
      case EDITING -> addAround(node, "editing", weight);
      case ALTERNATION -> addAround(node, "alternation", weight);
      case TEXT -> addWeighted(span, weight);
      case TAG -> add(span, LoraTags.isLora(node) ? "lora" : "tag");
      case AND, PART_WEIGHT -> add(span, negative ? "" : "and");
      case BREAK -> add(span, weighting("break"));
      case COMMENT -> add(span, "comment");
      case ESCAPE -> add(span, weighting("escape"));
      case BRACKET -> add(span, "bracket");
    }
  }

  private double factor(PromptNode node) {
    return plain ? 1 : node.factor();
  }

  private String weighting(String kind) {
    return plain ? "" : kind;
  }

  private void addWeighted(Span span, double weight) {
    add(span, weight > 1 ? "stronger" : weight < 1 ? "weaker" : "");
  }

  /** Adds the brackets and separators of a node, and its contents. */
  private void addAround(PromptNode node, String kind, double weight) {
    int from = node.span().start();
    for (PromptNode child : node.children()) {
      add(new Span(from, child.span().start()), kind);
      add(child, weight);
      from = child.span().end();
    }
    add(new Span(from, node.span().end()), kind);
  }

  private void add(Span span, String kind) {
    if (!kind.isEmpty() && span.start() < span.end() && found.size() < MOST) {
      found.add(new Highlight(span, kind));
    }
  }
}
