package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.AttentionEvents;
import dev.sdlora.prompt.grammar.AttentionScanner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Builds the nodes of a stretch of text: a pair of brackets becomes one node, other brackets stay
 * as they are.
 */
final class Brackets implements AttentionEvents {
  private static final String BREAK = "BREAK";

  private final String text;
  private final Leaves leaves;
  private final int outerDepth;
  private final AttentionScanner scanner;
  private final List<PromptNode> nodes = new ArrayList<>();
  private final Deque<Opening> round = new ArrayDeque<>();
  private final Deque<Opening> square = new ArrayDeque<>();

  private int textFrom;
  private int textTo;

  /** The open brackets that can still become a pair. */
  private final Deque<Opening> pairs = new ArrayDeque<>();

  private static final class Opening {
    final int index;
    boolean canPair;

    Opening(int index, boolean canPair) {
      this.index = index;
      this.canPair = canPair;
    }
  }

  Brackets(String text, Leaves leaves, int outerDepth) {
    this.text = text;
    this.leaves = leaves;
    this.outerDepth = outerDepth;
    scanner = new AttentionScanner(text, this);
  }

  void scan(int from, int to) {
    scanner.scan(from, to);
  }

  int depth() {
    return outerDepth + pairs.size();
  }

  /** Returns the nodes read so far; more can be added. */
  List<PromptNode> nodes() {
    addText();
    return nodes;
  }

  /** Returns all nodes. Brackets that are still open extend to the end. */
  List<PromptNode> finish(int end) {
    addText();
    leaves.addCuts(nodes, end);
    while (!pairs.isEmpty()) {
      pair(pairs.pop(), Optional.empty(), Double.NaN);
    }
    return nodes;
  }

  @Override
  public void text(int from, int to) {
    if (textTo != from) {
      addText();
      textFrom = from;
    }
    textTo = to;
  }

  /** Adds the pending text, which could have continued. */
  private void addText() {
    leaves.addText(nodes, textFrom, textTo);
    textFrom = textTo;
  }

  private void add(int from, int to, Kind kind) {
    addText();
    leaves.addTo(nodes, from, to, kind);
  }

  @Override
  public void escape(int from, int to) {
    add(from, to, Kind.ESCAPE);
  }

  @Override
  public void chunkBorder(int from, int to) {
    int word = text.indexOf(BREAK, from);
    text(from, word);
    add(word, word + BREAK.length(), Kind.BREAK);
    text(word + BREAK.length(), to);
  }

  @Override
  public void stray(int at) {
    add(at, at + 1, Kind.BRACKET);
  }

  @Override
  public void open(int at) {
    boolean canPair = depth() < PromptParser.MAX_DEPTH;
    stray(at);
    Opening opening = new Opening(nodes.size() - 1, canPair);
    (text.charAt(at) == '(' ? round : square).push(opening);
    if (canPair) {
      pairs.push(opening);
    }
  }

  @Override
  public void close(int at) {
    boolean isRound = text.charAt(at) == ')';
    close(isRound ? round : square, at, at + 1, isRound ? Attention.STRONGER : Attention.WEAKER);
  }

  @Override
  public void close(int from, int to, double weight) {
    close(round, from, to, weight);
  }

  private void close(Deque<Opening> openings, int from, int to, double factor) {
    Opening opening = openings.pop();
    add(from, to, Kind.BRACKET);
    if (opening.canPair) {
      while (pairs.element() != opening) {
        pairs.pop().canPair = false;
      }
      pairs.pop();
      PromptNode closing = nodes.remove(nodes.size() - 1);
      pair(opening, Optional.of(closing), factor);
    }
  }

  /** Joins an opening bracket and everything after it into one node. */
  private void pair(Opening opening, Optional<PromptNode> closing, double factor) {
    List<PromptNode> tail = nodes.subList(opening.index, nodes.size());
    PromptNode bracket = tail.get(0);
    PromptNode last = tail.get(tail.size() - 1);
    int end = closing.orElse(last).span().end();
    PromptNode pair =
        new PromptNode(
            Kind.ATTENTION,
            new Span(bracket.span().start(), end),
            List.of(bracket.toString(), closing.map(PromptNode::toString).orElse("")),
            List.of(tail.subList(1, tail.size())),
            closing.isPresent()
                ? factor
                : bracket.toString().equals("(") ? Attention.STRONGER : Attention.WEAKER);
    tail.clear();
    nodes.add(pair);
  }
}
