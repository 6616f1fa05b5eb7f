package dev.sdlora.api;

import dev.sdlora.api.service.Services;
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
    /** Copies the nodes. */
    public Part {
      Objects.requireNonNull(nodes, "nodes");
      nodes = List.copyOf(nodes);
    }

    @Override
    public String toString() {
      return PromptNode.print(nodes);
    }
  }

  /** Copies the parts. */
  public Prompt {
    Objects.requireNonNull(parts, "parts");
    parts = List.copyOf(parts);
  }

  /** Parses a prompt as A1111 reads it. Never fails. */
  public static Prompt parse(String text) {
    return parse(text, PromptMode.A1111);
  }

  /**
   * Parses a prompt.
   *
   * @throws PromptSyntaxException in {@link PromptMode#STRICT} if it is not well-formed
   */
  public static Prompt parse(String text, PromptMode mode) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(mode, "mode");
    return Services.find(Backend.Prompts.class).parse(text, mode);
  }

  /** How this prompt is understood; see {@link PromptExplanation#of}. */
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
