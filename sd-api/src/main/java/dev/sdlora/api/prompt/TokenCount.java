package dev.sdlora.api.prompt;

import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.util.List;

/**
 * The length of a prompt in tokens, as an editor shows it: {@code 12/75}.
 *
 * @param tokens the number of CLIP tokens in the longest of its texts, over all steps and parts,
 *     including padding in all chunks but the last; for a model that reads prompts with Qwen3, the
 *     number of Qwen3's tokens, including those of the model's template
 * @param chunks the number of chunks, at least 1; always 1 for Qwen3
 * @param capacity the number of tokens that fit into these chunks: {@value #CHUNK} in each for
 *     CLIP, 512 for Qwen3
 */
public record TokenCount(int tokens, int chunks, int capacity) {
  /** The number of CLIP tokens in a chunk. */
  public static final int CHUNK = 75;

  /**
   * Creates a count of CLIP tokens.
   *
   * @param tokens the number of tokens
   * @param chunks the number of chunks of {@value #CHUNK} tokens, at least 1
   */
  public TokenCount(int tokens, int chunks) {
    this(tokens, chunks, chunks * CHUNK);
  }

  /**
   * Counts the tokens of a prompt.
   *
   * @param prompt a prompt; its tags and comments do not count
   * @return its length
   */
  public static TokenCount of(String prompt) {
    return Services.find(Backend.Prompts.class).count(prompt, List.of());
  }

  /**
   * Counts the tokens of a prompt with embeddings.
   *
   * @param prompt a prompt; its tags and comments do not count
   * @param embeddings the embeddings; each counts as many tokens as it has vectors
   * @return its length
   * @throws EmbeddingException if a folder of the library no longer exists
   */
  public static TokenCount of(String prompt, EmbeddingLibrary embeddings) {
    return Services.find(Backend.Prompts.class).count(prompt, embeddings.list());
  }

  /** Returns the length as A1111 shows it, such as {@code 12/75}. */
  @Override
  public String toString() {
    return tokens + "/" + capacity;
  }
}
