package dev.sdlora.pipeline.lora;

import dev.sdlora.lora.format.LoraFile;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Warnings about LoRAs that were trained on a base model and are used on a model distilled from it,
 * or the reverse.
 */
public final class BaseModelWarnings {
  /** Metadata in which trainers name the model. */
  private static final List<String> KEYS =
      List.of(
          "ss_base_model_version",
          "ss_sd_model_name",
          "modelspec.architecture",
          "modelspec.implementation",
          "base_model",
          "base_model_name_or_path",
          "lora_adapter_metadata");

  private static final Pattern BASE = Pattern.compile("\\b(klein|z.?image).{0,12}\\bbase\\b");
  private static final Pattern DISTILLED =
      Pattern.compile("\\b(klein.{0,3}(4b|distilled)|z.?image.{0,3}turbo)\\b");

  private BaseModelWarnings() {}

  /**
   * Returns a warning for each LoRA that was trained on the other kind of model.
   *
   * @param isDistilled whether the checkpoint is distilled; empty if its family has no such pair
   */
  public static List<String> of(LoraPlans loras, Optional<Boolean> isDistilled) {
    return isDistilled.isEmpty()
        ? List.of()
        : loras.fits().stream()
            .map(LoraPlans.Fit::use)
            .flatMap(use -> warning(use.name(), use.file(), isDistilled.get()))
            .toList();
  }

  private static Stream<String> warning(String name, LoraFile file, boolean isDistilled) {
    return trainedOn(file.file().metadata(), isDistilled ? BASE : DISTILLED)
        .filter(found -> isDistilled || trainedOn(file.file().metadata(), BASE).isEmpty())
        .map(
            found ->
                "LoRA '%s' was trained on %s model (%s), but the checkpoint is %s; its effect may be weaker or stronger, so try other weights"
                    .formatted(
                        name,
                        isDistilled ? "a base" : "a distilled",
                        found,
                        isDistilled ? "distilled" : "a base model"))
        .stream();
  }

  /** Returns the part of the metadata that names such a model. */
  static Optional<String> trainedOn(Map<String, String> metadata, Pattern kind) {
    return KEYS.stream()
        .flatMap(key -> Stream.ofNullable(metadata.get(key)))
        .map(value -> kind.matcher(value.toLowerCase(Locale.ROOT).replace('_', '-')))
        .filter(Matcher::find)
        .map(Matcher::group)
        .findFirst();
  }
}
