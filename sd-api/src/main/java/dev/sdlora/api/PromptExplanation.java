package dev.sdlora.api;

import dev.sdlora.api.spi.PipelineProvider;
import java.util.List;
import java.util.Map;

/**
 * How a prompt is understood.
 *
 * @param prompt the prompt as given
 * @param text the prompt without its extra-network tags
 * @param networks the tags, in order
 * @param attention the text cut into pieces of equal weight; a piece {@code BREAK} with weight -1
 *     is a chunk border
 * @param chunks what the text encoder sees: chunks of 77 tokens
 */
public record PromptExplanation(
    String prompt,
    String text,
    List<Network> networks,
    List<Piece> attention,
    List<List<Token>> chunks) {

  /** Copies the lists. */
  public PromptExplanation {
    networks = List.copyOf(networks);
    attention = List.copyOf(attention);
    chunks = List.copyOf(chunks);
  }

  /**
   * Explains a prompt in A1111's syntax.
   *
   * @throws PromptSyntaxException if a LoRA tag cannot be understood
   */
  public static PromptExplanation of(String prompt) {
    return PipelineProvider.get().explain(prompt);
  }

  /**
   * A tag such as {@code <lora:ink:0.8>}.
   *
   * @param kind what stands before the first colon, such as {@code lora}
   * @param positional the arguments without a name, in order
   * @param named the arguments of the form {@code key=value}
   */
  public record Network(String kind, List<String> positional, Map<String, String> named) {}

  /** A stretch of text with its weight. */
  public record Piece(String text, double weight) {}

  /**
   * One token of a chunk.
   *
   * @param id its number in CLIP's vocabulary
   * @param text what it stands for, a trailing space marking the end of a word
   * @param weight its attention weight
   */
  public record Token(int id, String text, double weight) {}
}
