package dev.sdlora.api.prompt;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A prompt as a tree, for editors and for programs that look at prompts or change them. Nothing is
 * left out: {@link #toString()} writes the text that was parsed, comments and blanks included.
 *
 * @param parts the texts that {@code AND} joins, at least one
 */
public record Prompt(List<Part> parts) {

  /**
   * One of the texts that {@code AND} joins.
   *
   * @param nodes what it consists of, in order, with the {@code AND} behind it
   * @param weight how much it counts; 1 if none is written
   */
  public record Part(List<PromptNode> nodes, double weight) {
    /**
     * Copies the nodes.
     *
     * @param nodes in order; they need not come from a parser
     * @param weight any number; 1 is neutral
     */
    public Part {
      Objects.requireNonNull(nodes, "nodes");
      nodes = List.copyOf(nodes);
    }

    @Override
    public String toString() {
      return nodes.stream().map(PromptNode::toString).collect(Collectors.joining());
    }
  }

  /**
   * Copies the parts.
   *
   * @param parts in order; all but the last end with {@link PromptNode.Kind#AND}
   */
  public Prompt {
    Objects.requireNonNull(parts, "parts");
    parts = List.copyOf(parts);
  }

  /**
   * Parses a prompt as A1111 reads it. Never fails.
   *
   * @param text any text
   * @return its tree
   */
  public static Prompt parse(String text) {
    return parse(text, PromptMode.A1111);
  }

  /**
   * Parses a prompt.
   *
   * @param text any text
   * @param mode whether what is not well-formed is an error or, as in A1111, text
   * @return its tree
   * @throws PromptSyntaxException in {@link PromptMode#STRICT} if it is not well-formed
   */
  public static Prompt parse(String text, PromptMode mode) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(mode, "mode");
    return Services.find(Backend.Prompts.class).parse(text, mode);
  }

  /**
   * Says how this prompt is understood; see {@link PromptExplanation#of(String,
   * PromptExplanation.Options)}.
   *
   * @param options for how many steps, and beside which embeddings
   * @return the explanation of its text
   * @throws PromptSyntaxException if it exceeds the limits
   */
  public PromptExplanation explain(PromptExplanation.Options options) {
    Objects.requireNonNull(options, "options");
    return PromptExplanation.of(toString(), options);
  }

  /** The text of the prompt. */
  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining());
  }
}
