package dev.sdlora.api.prompt;

import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.util.List;

/**
 * How long a prompt is, as an editor shows it: {@code 12/75}.
 *
 * @param tokens how many of CLIP's tokens the longest of its texts has, over all steps and parts,
 *     with those that fill up chunks in front of others
 * @param chunks how many chunks of {@value #CHUNK} tokens that takes, at least 1
 */
public record TokenCount(int tokens, int chunks) {
  /** How many tokens a chunk holds. */
  public static final int CHUNK = 75;

  /**
   * Counts the tokens of a prompt.
   *
   * @param prompt its tags and comments do not count
   * @return its length
   */
  public static TokenCount of(String prompt) {
    return Services.find(Backend.Prompts.class).count(prompt, List.of());
  }

  /**
   * Counts the tokens of a prompt with embeddings.
   *
   * @param prompt its tags and comments do not count
   * @param embeddings whose names stand for as many tokens as they have vectors
   * @return its length
   * @throws EmbeddingException if a folder of the library is gone
   */
  public static TokenCount of(String prompt, EmbeddingLibrary embeddings) {
    return Services.find(Backend.Prompts.class).count(prompt, embeddings.list());
  }

  /** {@return how many tokens there is room for in these chunks} */
  public int capacity() {
    return chunks * CHUNK;
  }

  /** As A1111 shows it, such as {@code 12/75}. */
  @Override
  public String toString() {
    return tokens + "/" + capacity();
  }
}
