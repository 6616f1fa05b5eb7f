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
 *     including padding in all chunks but the last
 * @param chunks the number of chunks of {@value #CHUNK} tokens, at least 1
 */
public record TokenCount(int tokens, int chunks) {
  /** The number of tokens in a chunk. */
  public static final int CHUNK = 75;

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

  /** {@return the number of tokens that fit into these chunks} */
  public int capacity() {
    return chunks * CHUNK;
  }

  /** Returns the length as A1111 shows it, such as {@code 12/75}. */
  @Override
  public String toString() {
    return tokens + "/" + capacity();
  }
}
