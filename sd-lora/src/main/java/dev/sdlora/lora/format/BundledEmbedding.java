package dev.sdlora.lora.format;

import dev.sdlora.tensors.entry.TensorEntry;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A textual inversion embedding stored in an adapter file: A1111's {@code bundle_emb.<name>.…} or a
 * token of cloneofsimo's trainer, such as {@code <s1>}.
 *
 * @param name the word for it in a prompt
 * @param tensors its vectors, by the names that they would have in an embedding file
 */
public record BundledEmbedding(String name, Map<String, TensorEntry> tensors) {
  /** Copies the map, keeping its order. */
  public BundledEmbedding {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }
}
