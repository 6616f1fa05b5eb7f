package dev.sdlora.tensors.file;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of the head of a tensor file.
 *
 * @param dataStart the offset in bytes where the head ends and the tensors begin; 0 if they are
 *     mixed
 * @param metadata the metadata pairs, in file order
 * @param values the plain values of a pickle that are not tensors
 * @param tensors the tensors by name, in file order
 * @param strides for each tensor that is not contiguous, the distance between neighbours along each
 *     dimension, in elements
 * @param starts for each {@linkplain TensorView#halvesSwapped view} that begins in the middle of
 *     its tensor, the number of bytes before that place
 * @param headLength the number of bytes at the beginning used to detect changes of the file
 */
record TensorContents(
    long dataStart,
    Map<String, String> metadata,
    Map<String, String> values,
    Map<String, TensorEntry> tensors,
    Map<String, List<Long>> strides,
    Map<String, Long> starts,
    int headLength) {

  /** Makes the maps unmodifiable. */
  TensorContents {
    metadata = Collections.unmodifiableMap(metadata);
    values = Collections.unmodifiableMap(values);
    tensors = Collections.unmodifiableMap(tensors);
    strides = Map.copyOf(strides);
    starts = Map.copyOf(starts);
  }

  /** Creates the contents of a file without views. */
  TensorContents(
      long dataStart,
      Map<String, String> metadata,
      Map<String, String> values,
      Map<String, TensorEntry> tensors,
      Map<String, List<Long>> strides,
      int headLength) {
    this(dataStart, metadata, values, tensors, strides, Map.of(), headLength);
  }

  /** Returns a copy with views of its tensors added at the end. */
  TensorContents with(List<TensorView> views) {
    Map<String, TensorEntry> all = new LinkedHashMap<>(tensors);
    Map<String, List<Long>> scattered = new HashMap<>(strides);
    Map<String, Long> turned = new HashMap<>(starts);
    for (TensorView view : views) {
      all.put(view.entry().name(), view.entry());
      view.strides().ifPresent(given -> scattered.put(view.entry().name(), given));
      if (view.start() > 0) {
        turned.put(view.entry().name(), view.start());
      }
    }
    return new TensorContents(dataStart, metadata, values, all, scattered, turned, headLength);
  }
}
