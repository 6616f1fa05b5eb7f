package dev.sdlora.pipeline.conditioning;

import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the text encoder made of chunks, kept for all requests of a pipeline. A key holds everything
 * that decides the states, so that nothing needs to be forgotten when LoRAs change; weights of
 * words decide nothing yet. When there is too much, what was not asked for the longest goes. Safe
 * for use by several threads.
 */
public final class EncodedChunks {
  /** Of SD 1.x, 30 MB. */
  static final int MOST = 128;

  private final Map<Key, float[]> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, float[]> eldest) {
          return size() > MOST;
        }
      };

  /**
   * What decides the states of a chunk.
   *
   * @param encoder the weights of the text encoder
   * @param clipSkip which of its layers is read
   * @param chunk the tokens and trained words, all of weight 1
   */
  record Key(EncoderWeights encoder, int clipSkip, TokenChunk chunk) {}

  /** The states, [77][width], not to be changed; empty if they are not kept. */
  synchronized Optional<float[]> find(Key key) {
    return Optional.ofNullable(kept.get(key));
  }

  /** Keeps states, which nobody may change any more. */
  synchronized void keep(Key key, float[] states) {
    kept.put(key, states);
  }

  /** How many chunks are kept. */
  public synchronized int size() {
    return kept.size();
  }
}
