package dev.sdlora.prompt.tree;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.prompt.grammar.Styles;
import java.util.function.Predicate;

/**
 * Reads the prompts of a request with its options: styles first, then comments and tags. Immutable.
 */
public final class PromptReader {
  private final PromptOptions options;
  private final Predicate<String> isLora;

  /**
   * Creates a reader for one request.
   *
   * @param isLora whether a LoRA of this name exists; called only for text that looks like a tag
   */
  public PromptReader(PromptOptions options, Predicate<String> isLora) {
    this.options = options;
    this.isLora = isLora;
  }

  /**
   * Reads a prompt.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if it is too long, or has a mistake and the
   *     options are strict
   */
  public ReadPrompt prompt(String prompt) {
    String styled = Styles.onPrompt(prompt, options);
    return checked(ReadPrompt.of(styled, false, true, isLora));
  }

  /**
   * Reads a negative prompt. Its tags are text unless the options enable them.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if it is too long, or has a mistake and the
   *     options are strict
   */
  public ReadPrompt negativePrompt(String prompt) {
    String styled = Styles.onNegativePrompt(prompt, options);
    return checked(ReadPrompt.of(styled, true, options.negativeLoras(), isLora));
  }

  private ReadPrompt checked(ReadPrompt read) {
    if (options.mode() == PromptMode.STRICT) {
      read.refuseMistakes();
    }
    return read;
  }
}
