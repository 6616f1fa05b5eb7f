package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Caches the attention keys and values of texts in the layers of a U-Net, which are the same in all
 * calls with the same weights. One cache serves one set of weights; not thread-safe.
 */
public final class TextKeys {
  /** Maximum number of cached texts: both sides of guidance, and the texts of an edited prompt. */
  public static final int MOST = 4;

  private final NDManager owner;
  private final Map<FloatBuffer, Map<String, NDArray>> known = new LinkedHashMap<>();

  /**
   * Creates an empty cache.
   *
   * @param owner the manager that frees the cached tensors
   */
  public TextKeys(NDManager owner) {
    this.owner = owner;
  }

  /**
   * Returns the keys and values of a text.
   *
   * @param context the text states, for each row
   * @param compute computes them on a manager if they are not cached
   */
  Map<String, NDArray> of(NDArray context, Function<NDManager, Map<String, NDArray>> compute) {
    FloatBuffer states = FloatBuffer.wrap(context.toFloatArray());
    Map<String, NDArray> tensors = known.get(states);
    if (tensors == null) {
      if (known.size() == MOST) {
        Map<String, NDArray> oldest = known.remove(known.keySet().iterator().next());
        Objects.requireNonNull(oldest).values().forEach(NDArray::close);
      }
      tensors = compute.apply(owner);
      known.put(states, tensors);
    }
    return tensors;
  }
}
