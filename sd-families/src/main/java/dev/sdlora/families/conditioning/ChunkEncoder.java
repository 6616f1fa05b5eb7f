package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.List;
import java.util.Optional;

/**
 * Runs the text encoder on chunks that are not cached. Each chunk runs alone: in a batch, the last
 * bits of its states would depend on the other chunks, and so on the state of the cache.
 */
public final class ChunkEncoder {
  private static final float[] NOT_POOLED = {};

  private final int index;
  private final TextEncoder encoder;
  private final EncoderWeights weights;
  private final EncodedChunks known;

  /**
   * Creates an encoder for one request.
   *
   * @param index the index of the encoder, from 0, to select the vectors of trained words
   * @param weights the encoder's weights, including LoRAs
   * @param known the cache
   */
  public ChunkEncoder(int index, TextEncoder encoder, EncoderWeights weights, EncodedChunks known) {
    this.index = index;
    this.encoder = encoder;
    this.weights = weights;
    this.known = known;
  }

  /** Returns the encoder of chunks for a text encoder that is {@link TextEncoder CLIP's}. */
  public static ChunkEncoder of(AppliedEncoder applied) {
    return new ChunkEncoder(
        applied.index(), (TextEncoder) applied.network(), applied.weights(), applied.known());
  }

  /** Returns the width of a state. */
  int width() {
    return encoder.config().width();
  }

  /** Returns the layer that the U-Net was trained to read, 1 for the last. */
  int usualSkip() {
    return encoder.config().reading().skip();
  }

  /**
   * Encodes a chunk, unless it is cached.
   *
   * @param clipSkip 1 for the last layer of the encoder, 2 for the one before it
   * @param scope a manager for temporary arrays
   * @throws IllegalArgumentException if clipSkip exceeds the encoder's layers
   * @throws CheckpointException if the checkpoint's vocabulary lacks a token
   */
  EncodedChunk encode(TokenChunk chunk, int clipSkip, NDManager scope) {
    int layers = encoder.config().layers();
    if (clipSkip > layers) {
      throw new IllegalArgumentException(
          "clipSkip must be at most "
              + layers
              + ", the number of layers of the text encoder: "
              + clipSkip);
    }
    EncodedChunks.Key key = new EncodedChunks.Key(index, weights, clipSkip, chunk.unweighted());
    Optional<EncodedChunk> before = known.find(key);
    if (before.isPresent()) {
      return before.get();
    }
    requireInVocabulary(chunk.ids(), encoder.config());
    try (TextEncoder.Encoded encoded = encoder.encode(List.of(chunk), index, clipSkip, scope)) {
      EncodedChunk made =
          new EncodedChunk(
              encoded.states().toFloatArray(),
              encoded.pooled().map(NDArray::toFloatArray).orElse(NOT_POOLED));
      known.keep(key, made);
      return made;
    }
  }

  static void requireInVocabulary(int[] ids, ClipConfig config) {
    int vocabulary = config.vocabulary();
    for (int id : ids) {
      if (id >= vocabulary) {
        throw new CheckpointException(
            "the text encoder knows %s tokens, but '%s' is token %s; its vocabulary was truncated"
                .formatted(vocabulary, ClipTokenizer.standard().decode(id).strip(), id));
      }
    }
  }
}
