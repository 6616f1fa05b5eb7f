package dev.sdlora.tensors.file;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the head of a tensor file says.
 *
 * @param dataStart where the head ends and the tensors begin, in bytes; 0 where they are mixed
 * @param metadata the text pairs, in their own order
 * @param values what stands beside the tensors of a pickle
 * @param tensors the tensors by name, in the order of the file
 * @param strides for each tensor that does not lie in one row, how many elements lie between
 *     neighbours along each dimension
 * @param headLength how many bytes at the beginning tell whether it is still the same file
 */
record TensorContents(
    long dataStart,
    Map<String, String> metadata,
    Map<String, String> values,
    Map<String, TensorEntry> tensors,
    Map<String, List<Long>> strides,
    int headLength) {

  /** Makes the maps unmodifiable. */
  TensorContents {
    metadata = Collections.unmodifiableMap(metadata);
    values = Collections.unmodifiableMap(values);
    tensors = Collections.unmodifiableMap(tensors);
    strides = Map.copyOf(strides);
  }

  /** The same with views of its tensors behind them. */
  TensorContents with(List<TensorView> views) {
    Map<String, TensorEntry> all = new LinkedHashMap<>(tensors);
    Map<String, List<Long>> scattered = new HashMap<>(strides);
    for (TensorView view : views) {
      all.put(view.entry().name(), view.entry());
      view.strides().ifPresent(given -> scattered.put(view.entry().name(), given));
    }
    return new TensorContents(dataStart, metadata, values, all, scattered, headLength);
  }
}
