package dev.sdlora.prompt.dynamic;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.dynamic.Node.Sequence;
import dev.sdlora.prompt.dynamic.Node.Text;
import dev.sdlora.prompt.grammar.Limit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One drawing of a template: random numbers, variables, and what has been drawn. */
final class Drawing {
  private static final int DEEPEST = 300;
  private static final String DRAWN = "the drawn prompt has";

  private final WildcardValues wildcards;
  private final int most;
  private final Map<String, Node> variables = new HashMap<>();
  private StringBuilder text = new StringBuilder();
  private long state;
  private long drawn;
  private int depth;

  /**
   * A drawing that has not begun.
   *
   * @param seed any number
   * @param most characters of all that is drawn, and parts that are
   */
  Drawing(WildcardValues wildcards, long seed, int most) {
    this.wildcards = wildcards;
    this.state = seed;
    this.most = most;
  }

  /** What has been drawn. */
  String text() {
    return text.toString();
  }

  /** Draws a part. Variables may stand for each other, so depth and effort have bounds. */
  void draw(Node node) {
    count(1);
    if (++depth > DEEPEST) {
      throw new PromptSyntaxException(
          "the template is nested more than %s deep; a variable or a wildcard may lead to itself"
              .formatted(DEEPEST),
          0);
    }
    node.draw(this);
    depth--;
  }

  void append(String more) {
    count(more.length());
    text.append(more);
  }

  private void count(int more) {
    drawn += more;
    if (drawn > most) {
      throw Limit.exceeded(most, DRAWN, Limit.Unit.CHARACTERS);
    }
  }

  /** Draws a part that does not come into the text. */
  String drawnAside(Node node) {
    StringBuilder before = text;
    text = new StringBuilder();
    draw(node);
    String aside = text.toString();
    text = before;
    return aside;
  }

  Optional<Node> variable(String name) {
    return Optional.ofNullable(variables.get(name));
  }

  void set(String name, Node value) {
    variables.put(name, value);
  }

  /** Draws a part in which variables have other values, which are drawn once. */
  void drawWith(Map<String, Sequence> values, Node part) {
    Map<String, Node> drawnValues = new LinkedHashMap<>();
    values.forEach((name, value) -> drawnValues.put(name, new Text(drawnAside(value))));
    Map<String, Node> outside = new HashMap<>(variables);
    variables.putAll(drawnValues);
    draw(part);
    variables.keySet().removeAll(values.keySet());
    values
        .keySet()
        .forEach(
            name ->
                Optional.ofNullable(outside.get(name)).ifPresent(old -> variables.put(name, old)));
  }

  List<Sequence> values(String wildcard, int offset) {
    return wildcards.of(wildcard, offset);
  }

  PromptSyntaxException error(String message, int offset) {
    return new PromptSyntaxException(message, offset);
  }

  /** A whole number from one to another, all equally likely. */
  int between(int from, int to) {
    return from + (int) (fraction() * (to - from + 1));
  }

  /** A number from 0 to below 1. */
  double fraction() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /** SplitMix64 (Steele, Lea and Flood, 2014): any seed will do, and neighbours differ at once. */
  private long next() {
    state += 0x9E3779B97F4A7C15L;
    long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
