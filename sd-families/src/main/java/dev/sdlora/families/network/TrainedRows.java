package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.List;

/** The vectors of all embeddings in a list of chunks, and the token positions that they replace. */
final class TrainedRows {
  private final List<float[]> vectors = new ArrayList<>();
  private final List<Long> rows = new ArrayList<>();
  private final int width;

  private TrainedRows(int width) {
    this.width = width;
  }

  static TrainedRows none(int width) {
    return new TrainedRows(width);
  }

  static TrainedRows of(List<TokenChunk> chunks, int encoder, int width) {
    TrainedRows all = new TrainedRows(width);
    for (int i = 0; i < chunks.size(); i++) {
      for (TokenChunk.Trained trained : chunks.get(i).trained()) {
        all.vectors.add(trained.word().values(encoder));
        long first = (long) i * TokenChunk.LENGTH + trained.position();
        for (int row = 0; row < trained.word().vectors(); row++) {
          all.rows.add(first + row);
        }
      }
    }
    return all;
  }

  /** float32 [rows, width]. */
  NDArray vectors(NDManager scope) {
    float[] joined = new float[rows.size() * width];
    int at = 0;
    for (float[] word : vectors) {
      System.arraycopy(word, 0, joined, at, word.length);
      at += word.length;
    }
    return Torch.floats(scope, joined, rows.size(), width);
  }

  /** int64 [rows], positions counted across all chunks. */
  NDArray rows(NDManager scope) {
    return scope.create(rows.stream().mapToLong(Long::longValue).toArray());
  }
}
