package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Keys and values of texts in the layers of a U-Net, which are the same in all calls as long as its
 * weights are. For one set of weights; used by one thread.
 */
public final class TextKeys {
  /** Both sides of guidance, and what a prompt changes between. */
  public static final int MOST = 4;

  private final NDManager owner;
  private final Map<FloatBuffer, Map<String, NDArray>> known = new LinkedHashMap<>();

  /**
   * None is known yet.
   *
   * @param owner what is known is freed with it
   */
  public TextKeys(NDManager owner) {
    this.owner = owner;
  }

  /**
   * Those of a text.
   *
   * @param context what the text encoders say of it, for each row
   * @param compute makes them, on a manager, if they are not known
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
