package dev.sdlora.api.prompt;

import java.util.List;
import java.util.Objects;

/**
 * A node in the tree of a {@link Prompt}. Text nested more than 200 brackets deep is {@link
 * Kind#TEXT}. A tag or comment in the middle of another element, such as a number, is part of that
 * element's text.
 *
 * @param kind the syntax that this node stands for
 * @param span its place in the whole prompt, brackets included
 * @param literals the text before, between and after the branches, such as {@code (} and {@code
 *     :1.3)}; of a node without branches, all of its text
 * @param branches the nested nodes: one list for {@link Kind#ATTENTION}, one or two for {@link
 *     Kind#EDITING}, one for each option of {@link Kind#ALTERNATION}; empty otherwise
 * @param factor the factor by which {@link Kind#ATTENTION} multiplies the weight of its text; 1 for
 *     other nodes; printing ignores it
 */
public record PromptNode(
    Kind kind, Span span, List<String> literals, List<List<PromptNode>> branches, double factor) {

  /** The elements of the prompt language. */
  public enum Kind {
    /** Literal text. */
    TEXT,
    /** A backslash and the character that it escapes, or a backslash at the end of the prompt. */
    ESCAPE,
    /**
     * A bracket without a partner, or one of two pairs that cross, with its weight such as {@code
     * :1.3)}. Where pairs cross, both still act on weights.
     */
    BRACKET,
    /** {@code BREAK}, a chunk border, which removes the white space around it. */
    BREAK,
    /** A comment, from {@code #} to the end of the line. */
    COMMENT,
    /** The {@code AND} after a part. */
    AND,
    /** The weight of a part, such as {@code :0.5}. */
    PART_WEIGHT,
    /** A tag of an extra network, such as {@code <lora:ink:0.8>}. */
    TAG,
    /**
     * {@code (stronger)}, {@code [weaker]} or {@code (exactly:1.3)}. The last literal is empty if
     * the bracket is never closed and therefore acts to the end of the part.
     */
    ATTENTION,
    /** {@code [before:after:when]}, or {@code [after:when]} with one branch. */
    EDITING,
    /** {@code [a|b|c]}, with at least two options, one for each step in turn. */
    ALTERNATION
  }

  /**
   * Checks and copies the lists.
   *
   * @param kind the kind
   * @param span its place
   * @param literals one more than branches
   * @param branches an empty list inside for an option without text
   * @param factor 1 for all kinds but {@link Kind#ATTENTION}
   * @throws IllegalArgumentException if the number of literals does not match the branches
   */
  public PromptNode {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(span, "span");
    literals = List.copyOf(literals);
    branches = branches.stream().map(List::copyOf).toList();
    if (literals.size() != branches.size() + 1) {
      throw new IllegalArgumentException(
          "%s branches need %s literals, not %s"
              .formatted(branches.size(), branches.size() + 1, literals.size()));
    }
  }

  /**
   * Creates a node without branches.
   *
   * @param kind the kind
   * @param span its place
   * @param text its text, such as {@code <lora:ink:0.8>}
   */
  public PromptNode(Kind kind, Span span, String text) {
    this(kind, span, List.of(text), List.of(), 1);
  }

  /** {@return the nodes of all branches, in order} */
  public List<PromptNode> children() {
    return branches.stream().flatMap(List::stream).toList();
  }

  /** {@return the first word of a tag, such as {@code lora}; empty for other kinds} */
  public String tagName() {
    return kind == Kind.TAG ? toString().substring(1, toString().indexOf(':')) : "";
  }

  /** {@return the text after each colon of a tag, as written; empty for other kinds} */
  public List<String> tagArguments() {
    if (kind != Kind.TAG) {
      return List.of();
    }
    String text = toString();
    return List.of(text.substring(text.indexOf(':') + 1, text.length() - 1).split(":", -1));
  }

  /** {@return the number of an editing as written, with blanks; empty for other kinds} */
  public String when() {
    String last = literals.get(literals.size() - 1);
    return kind == Kind.EDITING ? last.substring(1, last.length() - 1) : "";
  }

  /** Returns the text of this node as it appears in the prompt. */
  @Override
  public String toString() {
    if (branches.isEmpty()) {
      return literals.get(0);
    }
    StringBuilder out = new StringBuilder();
    print(out);
    return out.toString();
  }

  private void print(StringBuilder out) {
    out.append(literals.get(0));
    for (int i = 0; i < branches.size(); i++) {
      branches.get(i).forEach(node -> node.print(out));
      out.append(literals.get(i + 1));
    }
  }
}
