package dev.sdlora.training.data;

import ai.djl.ndarray.NDManager;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A text encoder in float32 for the states of captions. Its weights are read for the first caption
 * that is not in the cache, and freed when it is closed. Not safe for use by several threads.
 */
final class CaptionEncoder implements AutoCloseable {
  private static final String CHUNK = "chunk.";
  private static final String POOLED = "pooled";

  private final String device;
  private final ModelFiles.Part<ClipConfig> part;
  private final int skip;
  private final DataCache cache;
  private final CacheKey key;
  private @Nullable Loaded loaded;

  private record Loaded(Torch torch, LiveWeights weights, TextEncoder encoder) {}

  /**
   * Creates an encoder.
   *
   * @param device the device that computes; {@code auto} for the best one
   * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
   */
  CaptionEncoder(String device, ModelFiles.Part<ClipConfig> part, int clipSkip, DataCache cache) {
    this.device = device;
    this.part = part;
    this.skip = part.config().reading().skip(clipSkip);
    this.cache = cache;
    CacheKey kind = CacheKey.of("text");
    this.key = cache.isKept() ? kind.with(part).with(String.valueOf(skip)) : kind;
  }

  /**
   * Encodes a caption.
   *
   * @param tokens [chunks][77]
   */
  EncodedCaptions.Encoded encode(int[][] tokens) {
    CacheKey own = key.with(Arrays.deepToString(tokens));
    Optional<Map<String, float[]>> kept = cache.find(own);
    if (kept.isPresent()) {
      return encoded(kept.get(), tokens.length);
    }
    Map<String, float[]> arrays = run(tokens);
    cache.keep(own, arrays);
    return encoded(arrays, tokens.length);
  }

  private Map<String, float[]> run(int[][] tokens) {
    Loaded now = loaded();
    Map<String, float[]> arrays = new HashMap<>();
    for (int i = 0; i < tokens.length; i++) {
      try (NDManager scope = now.torch().scope()) {
        TextEncoder.Encoded encoded = now.encoder().encode(new int[][] {tokens[i]}, skip, scope);
        arrays.put(CHUNK + i, encoded.states().toFloatArray());
        if (i == 0) {
          encoded.pooled().ifPresent(pooled -> arrays.put(POOLED, pooled.toFloatArray()));
        }
      }
    }
    return arrays;
  }

  private static EncodedCaptions.Encoded encoded(Map<String, float[]> arrays, int count) {
    float[][] chunks = new float[count][];
    for (int i = 0; i < count; i++) {
      chunks[i] = arrays.getOrDefault(CHUNK + i, new float[0]);
    }
    return new EncodedCaptions.Encoded(chunks, arrays.getOrDefault(POOLED, new float[0]));
  }

  private Loaded loaded() {
    Loaded now = loaded;
    if (now == null) {
      Torch torch = Torch.open(device);
      try {
        LiveWeights weights =
            LiveWeights.load(torch, new TensorLoader(torch), part.weights(), ScalarType.FLOAT32);
        now = new Loaded(torch, weights, new TextEncoder(torch, part.config(), weights));
      } catch (RuntimeException | Error e) {
        torch.close();
        throw e;
      }
      loaded = now;
    }
    return now;
  }

  @Override
  public void close() {
    Loaded now = loaded;
    if (now != null) {
      now.weights().close();
      now.torch().close();
      loaded = null;
    }
  }
}
