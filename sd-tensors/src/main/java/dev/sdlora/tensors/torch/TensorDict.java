package dev.sdlora.tensors.torch;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * Named tensors in the form that programs accept. The dictionary refers to the tensors, so it
 * reflects changes made in place. Closing it frees the dictionary, not the tensors.
 */
public final class TensorDict implements AutoCloseable {
  private final TorchEngine.Dictionary dictionary;

  private TensorDict(TorchEngine.Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  /** Creates a dictionary of the given tensors. */
  public static TensorDict of(Map<String, NDArray> tensors) {
    return new TensorDict(EngineStart.engine().dictionary(tensors));
  }

  TorchEngine.Dictionary dictionary() {
    return dictionary;
  }

  @Override
  public void close() {
    dictionary.close();
  }
}
