package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.lora.format.LoraFile;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of a file that was looked at: a few strings instead of a header with a thousand
 * tensors.
 *
 * @param adapter the file as callers see it, if it can be used
 * @param kinds the labels of its modules' kinds, most frequent first
 * @param problem why it cannot be used, or nothing
 */
record Summary(Optional<LoraAdapter> adapter, List<String> kinds, String problem) {
  static Summary of(LoraFile file) {
    return new Summary(Optional.of(LoraFiles.adapter(file)), KindLabels.of(file.modules()), "");
  }

  static Summary unusable(String problem) {
    return new Summary(Optional.empty(), List.of(), problem);
  }
}
