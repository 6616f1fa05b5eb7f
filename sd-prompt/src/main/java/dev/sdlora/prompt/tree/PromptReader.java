package dev.sdlora.prompt.tree;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.Styles;

/** Reads the prompts of a request as its options say: styles first, then comments and tags. */
public final class PromptReader {
  private PromptReader() {}

  /**
   * The prompt with its styles, without comments and tags.
   *
   * @throws dev.sdlora.api.PromptSyntaxException if it has a mistake and the options are strict
   */
  public static ExtraNetworks prompt(String prompt, PromptOptions options) {
    String styled = Styles.onPrompt(prompt, options.styles());
    return ExtraNetworks.cut(checked(styled, options));
  }

  /**
   * The negative prompt with its styles, without comments and, if they act there, tags.
   *
   * @throws dev.sdlora.api.PromptSyntaxException if it has a mistake and the options are strict
   */
  public static ExtraNetworks negativePrompt(String prompt, PromptOptions options) {
    String styled = checked(Styles.onNegativePrompt(prompt, options.styles()), options);
    return options.negativeLoras() ? ExtraNetworks.cut(styled) : ExtraNetworks.cutComments(styled);
  }

  private static String checked(String prompt, PromptOptions options) {
    if (options.mode() == PromptMode.STRICT) {
      Mistakes.parseStrictly(prompt);
    }
    return prompt;
  }
}
