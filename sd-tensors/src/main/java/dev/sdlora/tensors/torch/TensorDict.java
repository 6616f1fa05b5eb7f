package dev.sdlora.tensors.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named tensors in the form that programs accept. The dictionary refers to the tensors, so it
 * reflects changes made in place. Closing it frees the dictionary, not the tensors.
 */
public final class TensorDict implements AutoCloseable {
  private final IValue value;

  private TensorDict(IValue value) {
    this.value = value;
  }

  /** Creates a dictionary of the given tensors. */
  public static TensorDict of(Map<String, NDArray> tensors) {
    Map<String, PtNDArray> handles = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> handles.put(name, (PtNDArray) tensor));
    return new TensorDict(IValue.stringMapFrom(handles));
  }

  IValue value() {
    return value;
  }

  @Override
  public void close() {
    value.close();
  }
}
