package dev.sdlora.api.spi;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.Prompt;
import dev.sdlora.api.PromptExplanation;
import dev.sdlora.api.PromptMode;
import dev.sdlora.api.TokenCount;
import java.util.List;

/** What can be found out about prompts without a model. */
public interface PromptKnowledge {

  /** Behind {@link Prompt#parse}. */
  Prompt parse(String text, PromptMode mode);

  /** Behind {@link PromptExplanation#of}. */
  PromptExplanation explain(String prompt, PromptExplanation.Options options);

  /** Behind {@link TokenCount#of(String)} and {@link TokenCount#of(String, EmbeddingLibrary)}. */
  TokenCount count(String text, List<Embedding> embeddings);
}
