package dev.sdlora.lora.format;

import dev.sdlora.tensors.file.TensorEntry;
import java.util.List;

/**
 * A textual inversion embedding that came in the same file as an adapter: A1111's {@code
 * bundle_emb.<name>.…} or a token of cloneofsimo's trainer, such as {@code <s1>}.
 *
 * @param name the word that stands for it in a prompt
 * @param tensors its vectors, one tensor for each text encoder
 */
public record Embedding(String name, List<TensorEntry> tensors) {
  /** Copies the list. */
  public Embedding {
    tensors = List.copyOf(tensors);
  }
}
