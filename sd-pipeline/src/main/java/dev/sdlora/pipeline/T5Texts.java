package dev.sdlora.pipeline;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.t5.T5Prompt;
import dev.sdlora.prompt.t5.T5Tokenizer;
import java.util.List;
import java.util.stream.IntStream;

/** Explains the texts of prompts for families that read them with T5. */
final class T5Texts {
  /** The tokens of a whole prompt. */
  private static final int TOKENS = 512;

  private T5Texts() {}

  /** Whether a family reads prompts with T5. */
  static boolean isReadBy(ModelFamily family) {
    return family == ModelFamily.FLUX1 || family == ModelFamily.CHROMA;
  }

  /**
   * Returns a text as T5 reads it, with weights, and its parts between {@code BREAK}s.
   *
   * @param pieces the pieces of the text, for display
   */
  static Encoded encode(String text, List<Piece> pieces, PromptLimits limits) {
    T5Tokenizer tokenizer = T5Tokenizer.load();
    return new Encoded(
        text,
        pieces,
        T5Prompt.of(Attention.parse(text), TOKENS, tokenizer, limits).stream()
            .map(part -> tokens(part, tokenizer))
            .toList());
  }

  private static List<Token> tokens(T5Prompt part, T5Tokenizer tokenizer) {
    int[] ids = part.ids();
    float[] weights = part.weights();
    return IntStream.range(0, ids.length)
        .mapToObj(i -> new Token(ids[i], tokenizer.decode(ids[i]), weights[i]))
        .toList();
  }
}
