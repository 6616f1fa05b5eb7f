package dev.sdlora.training.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.conditioning.Conditioner;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.TextEncoder;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The captions of a training: as tokens where the text encoder is trained, else as its states,
 * which then never change and are computed once. The empty caption is always among them.
 *
 * <p>Captions that are longer than 75 tokens have several chunks, as prompts have. Members of a
 * batch with fewer chunks than another get chunks of the empty caption behind their own.
 *
 * <p>Immutable.
 */
public final class Captions {
  /** The tokens of a chunk. */
  public static final int LENGTH = 77;

  private final Map<String, int[][]> ids;
  private final Map<String, float[][]> states;
  private final int width;

  private Captions(Map<String, int[][]> ids, Map<String, float[][]> states, int width) {
    this.ids = ids;
    this.states = states;
    this.width = width;
  }

  /**
   * Captions as tokens.
   *
   * @throws dev.sdlora.api.CheckpointException if the checkpoint's vocabulary lacks a token
   */
  public static Captions tokens(Collection<String> captions, ClipConfig config) {
    Map<String, int[][]> ids = new LinkedHashMap<>();
    ids.put("", Conditioner.plainTokens("", config));
    for (String caption : captions) {
      ids.computeIfAbsent(caption, text -> Conditioner.plainTokens(text, config));
    }
    return new Captions(ids, Map.of(), config.width());
  }

  /**
   * The same captions as states of a checkpoint's text encoder, whose memory is freed again.
   *
   * @param clipSkip 1 for its last layer, 2 for the one before it
   * @throws dev.sdlora.api.TensorFileException if its weights cannot be read
   */
  public Captions encoded(ModelFiles files, int clipSkip) {
    Map<String, float[][]> encoded = new LinkedHashMap<>();
    try (Torch torch = Torch.open("cpu");
        LiveWeights weights =
            LiveWeights.load(
                torch,
                new TensorLoader(torch),
                files.textEncoders().get(0).weights(),
                ScalarType.FLOAT32)) {
      TextEncoder encoder = new TextEncoder(torch, files.textEncoders().get(0).config(), weights);
      ids.forEach(
          (caption, tokens) -> encoded.put(caption, encode(torch, encoder, tokens, clipSkip)));
    }
    return new Captions(ids, encoded, width);
  }

  private static float[][] encode(Torch torch, TextEncoder encoder, int[][] tokens, int clipSkip) {
    float[][] chunks = new float[tokens.length][];
    for (int i = 0; i < tokens.length; i++) {
      try (NDManager scope = torch.scope()) {
        chunks[i] =
            encoder.encode(new int[][] {tokens[i]}, clipSkip, scope).states().toFloatArray();
      }
    }
    return chunks;
  }

  /** Whether these are states and not tokens. */
  public boolean areEncoded() {
    return !states.isEmpty();
  }

  /** The number of chunks of the longest of some captions. */
  public int chunks(List<String> captions) {
    return captions.stream().mapToInt(caption -> tokensOf(caption).length).max().orElse(1);
  }

  /** The tokens of a batch, int64 [batch, chunks, 77]. */
  public NDArray ids(List<String> captions, NDManager scope) {
    int chunks = chunks(captions);
    long[] values = new long[captions.size() * chunks * LENGTH];
    int at = 0;
    for (String caption : captions) {
      for (int i = 0; i < chunks; i++) {
        int[][] own = tokensOf(caption);
        for (int id : i < own.length ? own[i] : tokensOf("")[0]) {
          values[at++] = id;
        }
      }
    }
    return scope.create(values, new Shape(captions.size(), chunks, LENGTH));
  }

  /** The states of a batch, float32 [batch, chunks · 77, width]. */
  public NDArray states(List<String> captions, NDManager scope) {
    int chunks = chunks(captions);
    int length = LENGTH * width;
    float[] values = new float[captions.size() * chunks * length];
    int at = 0;
    for (String caption : captions) {
      float[][] own = statesOf(caption);
      for (int i = 0; i < chunks; i++) {
        System.arraycopy(i < own.length ? own[i] : statesOf("")[0], 0, values, at, length);
        at += length;
      }
    }
    return Torch.floats(scope, values, captions.size(), (long) chunks * LENGTH, width);
  }

  private int[][] tokensOf(String caption) {
    return Objects.requireNonNull(ids.get(caption), caption);
  }

  private float[][] statesOf(String caption) {
    return Objects.requireNonNull(states.get(caption), caption);
  }
}
