package dev.sdlora.pipeline;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.families.Families;
import dev.sdlora.families.checkpoint.transformer.TextEncoderKind;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.t5.T5Prompt;
import dev.sdlora.prompt.t5.T5Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Explains the texts of prompts for families that read them with T5. */
final class T5Texts {
  private T5Texts() {}

  /** Whether T5 reads the prompts of a family first of all. */
  static boolean isReadBy(ModelFamily family) {
    return family.isTransformer() && Families.of(family).mainEncoder() == TextEncoderKind.T5;
  }

  /**
   * Returns a text as T5 reads it, without padding; each part between {@code BREAK}s is a chunk.
   *
   * @param most the most tokens of a part that the family reads, with the end token
   * @throws dev.sdlora.api.error.PromptSyntaxException if there are more parts than chunks allowed
   */
  static Encoded encode(String text, int most, PromptLimits limits) {
    List<WeightedText> pieces = Attention.parse(text);
    return new Encoded(
        text,
        pieces.stream().map(piece -> new Piece(piece.text(), piece.weight())).toList(),
        T5Prompt.of(pieces, most, T5Tokenizer.load(), limits).stream()
            .map(T5Texts::tokens)
            .toList());
  }

  private static List<Token> tokens(T5Prompt part) {
    int[] ids = part.ids();
    float[] weights = part.weights();
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      tokens.add(new Token(ids[i], T5Tokenizer.load().decode(ids[i]), weights[i]));
    }
    return tokens;
  }
}
