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
  /** Of SD 1.x, 30 MB; of SDXL, with both encoders counted, 40 MB. */
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
   * What decides the states of a chunk.
   *
   * @param index which of the checkpoint's text encoders
   * @param encoder its weights
   * @param clipSkip which of its layers is read
   * @param chunk the tokens and trained words, all of weight 1
   */
  record Key(int index, EncoderWeights encoder, int clipSkip, TokenChunk chunk) {}

  /** What was made of a chunk; empty if it is not kept. */
  synchronized Optional<EncodedChunk> find(Key key) {
    return Optional.ofNullable(kept.get(key));
  }

  /** Keeps what was made of a chunk. */
  synchronized void keep(Key key, EncodedChunk made) {
    kept.put(key, made);
  }

  /** How many chunks are kept. */
  public synchronized int size() {
    return kept.size();
  }
}
