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

/** One drawing of a template: its random numbers, its variables and the text drawn so far. */
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
   * Creates a drawing with an empty text.
   *
   * @param seed any number
   * @param most the most characters and parts that may be drawn, counted together
   */
  Drawing(WildcardValues wildcards, long seed, int most) {
    this.wildcards = wildcards;
    this.state = seed;
    this.most = most;
  }

  /** Returns the text drawn so far. */
  String text() {
    return text.toString();
  }

  /**
   * Draws a part. Variables may refer to each other, so the depth and the amount of work are
   * limited.
   */
  void draw(Node node) {
    count(1);
    if (++depth > DEEPEST) {
      throw new PromptSyntaxException(
          "the template is nested more than %s deep; a variable or a wildcard may refer to itself"
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

  /** Draws a part without adding it to the text. */
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

  /** Draws a part in which variables have other values. Each value is drawn once. */
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

  /** Returns a uniformly distributed whole number between the bounds, both inclusive. */
  int between(int from, int to) {
    return from + (int) (fraction() * (to - from + 1));
  }

  /** Returns a number from 0 inclusive to 1 exclusive. */
  double fraction() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /**
   * SplitMix64 (Steele, Lea and Flood, 2014): any seed works, and neighbouring seeds differ from
   * the first number on.
   */
  private long next() {
    state += 0x9E3779B97F4A7C15L;
    long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
