package dev.sdlora.pipeline;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation.Encoded;
import dev.sdlora.api.prompt.PromptExplanation.Piece;
import dev.sdlora.api.prompt.PromptExplanation.Problem;
import dev.sdlora.api.prompt.PromptExplanation.Token;
import dev.sdlora.families.Families;
import dev.sdlora.families.family.PromptReading;
import dev.sdlora.families.family.PromptWarnings;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Explains the texts of a prompt for families that read them with Qwen3. */
final class QwenTexts {
  private final ModelFamily family;
  private final QwenTokenizer tokenizer = QwenTokenizer.load();
  private final Map<String, QwenPrompt> known = new HashMap<>();

  QwenTexts(ModelFamily family) {
    this.family = family;
  }

  /** Whether a family reads prompts with Qwen3. */
  static boolean isReadBy(ModelFamily family) {
    return family.readsPlainText();
  }

  /** Returns a text as Qwen3 reads it: in the family's template, without weights. */
  Encoded encode(String text) {
    QwenPrompt prompt = inTemplate(text);
    List<Token> tokens =
        Arrays.stream(prompt.ids())
            .limit(prompt.count())
            .mapToObj(id -> new Token(id, tokenizer.decode(id), 1))
            .toList();
    return new Encoded(text, plain(text), List.of(tokens));
  }

  /** Returns the problems that results report as warnings, with their places. */
  List<Problem> problems(Prompt prompt, List<String> texts) {
    return new PromptWarnings(family.label(), PromptReading.ofQwen(this::inTemplate))
        .problems(prompt, texts);
  }

  private QwenPrompt inTemplate(String text) {
    return known.computeIfAbsent(
        text, unknown -> Families.of(family).template().orElseThrow().apply(unknown, tokenizer));
  }

  /** Returns a text with its brackets as one piece. */
  static List<Piece> plain(String text) {
    return List.of(new Piece(text, 1));
  }
}
