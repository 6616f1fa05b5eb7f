package dev.sdlora.api.prompt;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A piece of a {@link Prompt}. Spans are places in the whole prompt. What stands more than 200
 * brackets deep is {@link Text}. A tag or comment in the middle of a word of the language, such as
 * a number, belongs to how that is written.
 */
public sealed interface PromptNode {

  /** {@return where it stands} */
  Span span();

  /** {@return the nodes in it, in order; empty if it can have none} */
  default List<PromptNode> children() {
    return List.of();
  }

  /**
   * Writes it as it stands in a prompt.
   *
   * @param out what it is added to
   */
  void print(StringBuilder out);

  /**
   * Writes nodes one after another.
   *
   * @param nodes in order
   * @return how they stand in a prompt
   */
  static String print(List<PromptNode> nodes) {
    StringBuilder out = new StringBuilder();
    nodes.forEach(node -> node.print(out));
    return out.toString();
  }

  /** A piece without others in it. */
  sealed interface Leaf extends PromptNode {
    /** {@return how it is written} */
    String text();

    @Override
    default void print(StringBuilder out) {
      out.append(text());
    }
  }

  /**
   * Text that is meant literally.
   *
   * @param span where it stands
   * @param text up to the next thing that is no text
   */
  record Text(Span span, String text) implements Leaf {}

  /**
   * A backslash and the character whose meaning it takes away, if there is one.
   *
   * @param span where it stands
   * @param text both characters, or the backslash alone at the end of a prompt
   */
  record Escape(Span span, String text) implements Leaf {}

  /**
   * A bracket, with its weight if it has one, that makes no pair: nothing opens it, or pairs cross.
   * Where they cross, both still act on weights.
   *
   * @param span where it stands
   * @param text the bracket, with its weight such as {@code :1.3)}
   */
  record Bracket(Span span, String text) implements Leaf {}

  /**
   * A chunk border, which takes away the white space around it.
   *
   * @param span where it stands
   * @param text {@code BREAK}
   */
  record Break(Span span, String text) implements Leaf {}

  /**
   * A comment, from {@code #} to the end of the line.
   *
   * @param span where it stands
   * @param text with the {@code #}
   */
  record Comment(Span span, String text) implements Leaf {}

  /**
   * The {@code AND} behind a part.
   *
   * @param span where it stands
   * @param text {@code AND}
   */
  record And(Span span, String text) implements Leaf {}

  /**
   * The weight of a part.
   *
   * @param span where it stands
   * @param text with its colon, such as {@code :0.5}
   */
  record PartWeight(Span span, String text) implements Leaf {}

  /**
   * A tag of an extra network, such as {@code <lora:ink:0.8>}.
   *
   * @param span where it stands, with its angle brackets
   * @param kind what stands before the first colon
   * @param arguments what the colons behind it divide, as written
   */
  record Tag(Span span, String kind, List<String> arguments) implements PromptNode {
    /**
     * Copies the arguments.
     *
     * @param span where it stands
     * @param kind such as {@code lora}
     * @param arguments in order; whatever is parsed has at least one
     */
    public Tag {
      arguments = List.copyOf(arguments);
    }

    @Override
    public void print(StringBuilder out) {
      out.append('<').append(kind);
      arguments.forEach(argument -> out.append(':').append(argument));
      out.append('>');
    }
  }

  /**
   * {@code (stronger)}, {@code [weaker]} or {@code (exactly:1.3)}.
   *
   * @param span where it stands, with its brackets
   * @param bracket the opening bracket
   * @param children what is in it
   * @param closing the closing bracket with the weight if one is written, such as {@code :1.3)};
   *     empty if it is never closed and so acts up to the end
   * @param factor what the weight of its text is multiplied by
   */
  record Attention(
      Span span, char bracket, List<PromptNode> children, Optional<String> closing, double factor)
      implements PromptNode {
    /**
     * Copies the nodes.
     *
     * @param span where it stands
     * @param bracket {@code (} or {@code [}
     * @param children in order
     * @param closing empty if it is never closed
     * @param factor what the weight of its text is multiplied by; printing does not look at it
     */
    public Attention {
      children = List.copyOf(children);
    }

    @Override
    public void print(StringBuilder out) {
      out.append(bracket);
      children.forEach(node -> node.print(out));
      closing.ifPresent(out::append);
    }
  }

  /**
   * {@code [before:after:when]}.
   *
   * @param span where it stands, with its brackets
   * @param before what stands here at first; empty if its colon is left out too
   * @param after what stands here from the switch on
   * @param when the number as written, with blanks
   */
  record Editing(Span span, Optional<List<PromptNode>> before, List<PromptNode> after, String when)
      implements PromptNode {
    /**
     * Copies the nodes.
     *
     * @param span where it stands
     * @param before empty for the short form {@code [after:when]}
     * @param after an empty list for text that vanishes
     * @param when a step, or a share of the steps
     */
    public Editing {
      before = before.map(List::copyOf);
      after = List.copyOf(after);
    }

    @Override
    public List<PromptNode> children() {
      return Stream.concat(before.stream().flatMap(List::stream), after.stream()).toList();
    }

    @Override
    public void print(StringBuilder out) {
      out.append('[');
      before.ifPresent(nodes -> out.append(PromptNode.print(nodes)).append(':'));
      after.forEach(node -> node.print(out));
      out.append(':').append(when).append(']');
    }
  }

  /**
   * {@code [a|b|c]}.
   *
   * @param span where it stands, with its brackets
   * @param options what stands here in turn, at least two
   */
  record Alternation(Span span, List<List<PromptNode>> options) implements PromptNode {
    /**
     * Copies the options.
     *
     * @param span where it stands
     * @param options one for each step in turn; an empty list for a step without text
     */
    public Alternation {
      options = options.stream().map(List::copyOf).toList();
    }

    @Override
    public List<PromptNode> children() {
      return options.stream().flatMap(List::stream).toList();
    }

    @Override
    public void print(StringBuilder out) {
      String divider = "[";
      for (List<PromptNode> option : options) {
        out.append(divider);
        option.forEach(node -> node.print(out));
        divider = "|";
      }
      out.append(']');
    }
  }
}
