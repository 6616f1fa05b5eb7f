package dev.sdlora.pipeline;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.Arrays;
import java.util.List;

/** Explains the texts of prompts for families that read them with Qwen3. */
final class QwenTexts {
  private QwenTexts() {}

  /** Whether a family reads prompts with Qwen3. */
  static boolean isReadBy(ModelFamily family) {
    return family == ModelFamily.FLUX2 || family == ModelFamily.Z_IMAGE;
  }

  /** Returns a text as Qwen3 reads it: in the family's template, without weights. */
  static Encoded encode(String text, ModelFamily family) {
    QwenTokenizer tokenizer = QwenTokenizer.load();
    QwenPrompt prompt =
        family == ModelFamily.FLUX2
            ? QwenPrompt.klein(text, tokenizer)
            : QwenPrompt.zImage(text, tokenizer);
    List<Token> tokens =
        Arrays.stream(prompt.ids())
            .limit(prompt.count())
            .mapToObj(id -> new Token(id, tokenizer.decode(id), 1))
            .toList();
    return new Encoded(text, plain(text), List.of(tokens));
  }

  /** Returns a text with its brackets as one piece. */
  static List<Piece> plain(String text) {
    return List.of(new Piece(text, 1));
  }
}
