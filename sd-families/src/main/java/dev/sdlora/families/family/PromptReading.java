package dev.sdlora.families.family;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.t5.T5Prompt;
import dev.sdlora.prompt.t5.T5Tokenizer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The reading of prompts by a text encoder.
 *
 * @param tokens the most tokens of a prompt
 * @param weighs whether weights such as (word:1.2) and BREAK have their meaning
 * @param cut returns the end of a text that is not read; usually empty
 */
public record PromptReading(int tokens, boolean weighs, UnaryOperator<String> cut) {
  /**
   * Returns the reading by Qwen3, which has no weights.
   *
   * @param template puts a text into the model's chat template
   */
  public static PromptReading ofQwen(Function<String, QwenPrompt> template) {
    return new PromptReading(QwenPrompt.LENGTH, false, text -> template.apply(text).cut());
  }

  /** Returns the reading by T5, in which weights act as in Forge. */
  public static PromptReading ofT5(int tokens, PromptLimits limits) {
    return new PromptReading(
        tokens,
        true,
        text ->
            T5Prompt.of(Attention.parse(text), tokens, T5Tokenizer.load(), limits).stream()
                .map(T5Prompt::cut)
                .collect(Collectors.joining(" ")));
  }
}
