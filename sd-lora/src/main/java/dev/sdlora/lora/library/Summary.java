package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.lora.format.BundledEmbedding;
import dev.sdlora.lora.format.LoraFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The facts that are cached about a file: a few strings instead of a header with a thousand
 * tensors.
 *
 * @param adapter the public view of the file, if it is usable
 * @param kinds the labels of its modules' kinds, most frequent first
 * @param words the names of embeddings in it, which were trained together with the LoRA
 * @param tags the tags of the training images
 * @param problem the reason why the file cannot be used, or empty
 * @param reason the same as a code for programs
 */
record Summary(
    Optional<LoraAdapter> adapter,
    List<String> kinds,
    List<String> words,
    Tags.Lazy tags,
    String problem,
    Reason reason) {
  static Summary of(LoraFile file) {
    return new Summary(
        Optional.of(LoraFiles.adapter(file)),
        KindLabels.of(file.modules()),
        file.embeddings().stream().map(BundledEmbedding::name).toList(),
        new Tags.Lazy(file.file().metadata()),
        "",
        Reason.OTHER);
  }

  /**
   * The summary of a file that cannot be used.
   *
   * @param problem the reason, as a sentence
   */
  static Summary unusable(String problem, Throwable cause) {
    Reason reason = cause instanceof LoraException lora ? lora.reason() : Reason.DAMAGED;
    return new Summary(
        Optional.empty(), List.of(), List.of(), new Tags.Lazy(Map.of()), problem, reason);
  }
}
