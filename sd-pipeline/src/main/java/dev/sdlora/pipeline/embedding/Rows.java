package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.List;

/**
 * The vectors of an embedding for one text encoder.
 *
 * @param count the number of vectors, from 1 to the capacity of a chunk
 * @param width the width of each
 * @param values row by row, all finite
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Rows(int count, int width, float[] values) {
  /** Upper bound; the widest known text encoder has 4,096. */
  private static final long MAX_WIDTH = 1 << 14;

  /** Rejects NaN and infinity. */
  Rows {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new EmbeddingException("holds NaN or infinity; its training failed");
      }
    }
  }

  /** Returns the shape [width] or [count, width] as [count, width]. */
  static long[] shape(String tensor, List<Long> shape) {
    long count = shape.size() == 2 ? shape.get(0) : 1;
    long width = shape.isEmpty() ? 0 : shape.get(shape.size() - 1);
    if (shape.size() > 2 || count < 1 || width < 1 || width > MAX_WIDTH) {
      throw new EmbeddingException(
          "is not an embedding: tensor '%s' has shape %s, expected [vectors, width]"
              .formatted(tensor, shape),
          ErrorDetails.NONE.withTensor(tensor));
    }
    if (count > TokenChunk.CAPACITY) {
      throw new EmbeddingException(
          "has %s vectors, more than the %s that a text encoder reads at once"
              .formatted(count, TokenChunk.CAPACITY),
          ErrorDetails.NONE.withTensor(tensor));
    }
    return new long[] {count, width};
  }
}
