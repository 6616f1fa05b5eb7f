package dev.sdlora.api.prompt;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.prompt.spi.PromptBackend;
import dev.sdlora.api.service.Services;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A prompt as a syntax tree, for editors and other programs that inspect or change prompts. The
 * tree is lossless: {@link #toString()} returns the parsed text, including comments and white
 * space.
 *
 * @param parts the subprompts joined by {@code AND}, at least one
 */
public record Prompt(List<Part> parts) {

  /**
   * A subprompt of {@code AND}.
   *
   * @param nodes its contents, in order, including the {@code AND} after it
   * @param weight its weight; 1 if none is written
   */
  public record Part(List<PromptNode> nodes, double weight) {
    /**
     * Copies the nodes.
     *
     * @param nodes the nodes in order; they need not come from a parser
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
   * @param parts the subprompts in order; all but the last end with {@link PromptNode.Kind#AND}
   */
  public Prompt {
    Objects.requireNonNull(parts, "parts");
    parts = List.copyOf(parts);
  }

  /**
   * Parses a prompt as A1111 does. Never fails.
   *
   * @param text any text
   * @return the prompt's tree
   */
  public static Prompt parse(String text) {
    return parse(text, PromptMode.A1111);
  }

  /**
   * Parses a prompt.
   *
   * @param text any text
   * @param mode whether malformed parts are errors or, as in A1111, plain text
   * @return the prompt's tree
   * @throws PromptSyntaxException in {@link PromptMode#STRICT} if the text is malformed
   */
  public static Prompt parse(String text, PromptMode mode) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(mode, "mode");
    return Services.find(PromptBackend.class).parse(text, mode);
  }

  /**
   * Explains the meaning of this prompt; see {@link PromptExplanation#of(String,
   * PromptExplanation.Options)}.
   *
   * @param options the steps, embeddings and limits to use
   * @return the explanation of its text
   * @throws PromptSyntaxException if it exceeds the limits
   */
  public PromptExplanation explain(PromptExplanation.Options options) {
    Objects.requireNonNull(options, "options");
    return PromptExplanation.of(toString(), options);
  }

  /** Returns the text of the prompt. */
  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining());
  }
}
