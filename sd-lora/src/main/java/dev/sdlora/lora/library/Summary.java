package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraException.Reason;
import dev.sdlora.api.StableDiffusionException;
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
 * @param reason the same for programs
 */
record Summary(Optional<LoraAdapter> adapter, List<String> kinds, String problem, Reason reason) {
  static Summary of(LoraFile file) {
    return new Summary(
        Optional.of(LoraFiles.adapter(file)), KindLabels.of(file.modules()), "", Reason.OTHER);
  }

  /** One strange file must not hide all others, so even faults of this library are reasons. */
  static Summary unusable(RuntimeException e) {
    String problem =
        e instanceof StableDiffusionException ? String.valueOf(e.getMessage()) : "unexpected " + e;
    Reason reason = e instanceof LoraException lora ? lora.reason() : Reason.DAMAGED;
    return new Summary(Optional.empty(), List.of(), problem, reason);
  }
}
