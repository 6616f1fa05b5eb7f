package dev.sdlora.pipeline.conditioning;

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

  /** The most elements of all entries, 128 MB; a text of FLUX.2 klein has 4 million. */
  private static final long MOST_ELEMENTS = 1L << 25;

  private long elements;

  private final Map<Key, EncodedChunk> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, EncodedChunk> eldest) {
          boolean full = size() > MOST || elements > MOST_ELEMENTS;
          if (full) {
            elements -= eldest.getValue().states().length;
          }
          return full;
        }
      };

  /**
   * Everything that determines the states of a chunk.
   *
   * @param index the index of the text encoder in the checkpoint
   * @param encoder its weights
   * @param clipSkip the layer that is read
   * @param chunk the tokens and trained words, all with weight 1, compared by value
   */
  record Key(int index, EncoderWeights encoder, int clipSkip, Object chunk) {}

  synchronized Optional<EncodedChunk> find(Key key) {
    return Optional.ofNullable(kept.get(key));
  }

  synchronized void keep(Key key, EncodedChunk made) {
    elements += made.states().length;
    EncodedChunk before = kept.put(key, made);
    elements -= before == null ? 0 : before.states().length;
  }

  /** Returns the number of cached chunks. */
  public synchronized int size() {
    return kept.size();
  }
}
