package dev.sdlora.families.conditioning;

import dev.sdlora.api.value.Tally;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

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
  static final long MOST_ELEMENTS = 1L << 25;

  private final Map<Key, EncodedChunk> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long elements;

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
    Optional<EncodedChunk> found = Optional.ofNullable(kept.get(key));
    (found.isPresent() ? Tally.TEXTS_CACHED : Tally.TEXTS_ENCODED).count();
    return found;
  }

  /**
   * Returns the states of a chunk, which are encoded if they are not cached.
   *
   * @param encode computes the states; two threads may do so at once
   */
  float[] states(Key key, Supplier<float[]> encode) {
    return find(key)
        .orElseGet(
            () -> {
              EncodedChunk made = new EncodedChunk(encode.get(), new float[0]);
              keep(key, made);
              return made;
            })
        .states();
  }

  synchronized void keep(Key key, EncodedChunk made) {
    EncodedChunk before = kept.put(key, made);
    elements += made.states().length - (before == null ? 0 : before.states().length);
    // One long text can take the place of many short ones.
    Iterator<EncodedChunk> eldest = kept.values().iterator();
    while (kept.size() > MOST || (elements > MOST_ELEMENTS && kept.size() > 1)) {
      elements -= eldest.next().states().length;
      eldest.remove();
    }
  }

  /** Returns the number of cached chunks. */
  public synchronized int size() {
    return kept.size();
  }
}
