package dev.sdlora.api.prompt.spi;

import dev.sdlora.api.PromptMode;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptExplanation;

/** Analyzes prompts without a model. */
public interface PromptBackend {
  /**
   * Implements {@link Prompt#parse}.
   *
   * @param text the original prompt
   * @param mode the handling of malformed parts
   * @return the prompt's tree
   */
  Prompt parse(String text, PromptMode mode);

  /**
   * Implements {@link PromptExplanation#of}.
   *
   * @param prompt the original prompt
   * @param options the steps, embeddings and limits to use
   * @return the explanation
   */
  PromptExplanation explain(String prompt, PromptExplanation.Options options);
}
