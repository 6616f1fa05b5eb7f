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
 * What is kept of a file that was looked at: a few strings instead of a header with a thousand
 * tensors.
 *
 * @param adapter the file as callers see it, if it can be used
 * @param kinds the labels of its modules' kinds, most frequent first
 * @param words the names of embeddings in it, which were trained along
 * @param tags of the training images
 * @param problem why it cannot be used, or nothing
 * @param reason the same for programs
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
   * A file that cannot be used.
   *
   * @param problem why, in a sentence
   */
  static Summary unusable(String problem, Throwable cause) {
    Reason reason = cause instanceof LoraException lora ? lora.reason() : Reason.DAMAGED;
    return new Summary(
        Optional.empty(), List.of(), List.of(), new Tags.Lazy(Map.of()), problem, reason);
  }
}
