package dev.sdlora.pipeline.conditioning;

import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Caches the text encoder's output for all requests of a pipeline. A key holds everything that
 * determines the states, so nothing has to be invalidated when LoRAs change; word weights are not
 * part of it. When the cache is full, the least recently used entry is evicted. Safe for use by
 * several threads.
 */
public final class EncodedChunks {
  /** About 30 MB for SD 1.x, 40 MB for SDXL (both encoders). */
  static final int MOST = 128;

  private final Map<Key, EncodedChunk> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, EncodedChunk> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Everything that determines the states of a chunk.
   *
   * @param index the index of the text encoder in the checkpoint
   * @param encoder its weights
   * @param clipSkip the layer that is read
   * @param chunk the tokens and trained words, all with weight 1
   */
  record Key(int index, EncoderWeights encoder, int clipSkip, TokenChunk chunk) {}

  synchronized Optional<EncodedChunk> find(Key key) {
    return Optional.ofNullable(kept.get(key));
  }

  synchronized void keep(Key key, EncodedChunk made) {
    kept.put(key, made);
  }

  /** Returns the number of cached chunks. */
  public synchronized int size() {
    return kept.size();
  }
}
