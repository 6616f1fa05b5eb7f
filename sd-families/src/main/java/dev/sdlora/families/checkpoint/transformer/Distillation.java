package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a transformer was distilled to few steps without guidance. Tensors do not show it.
 *
 * @param distilled whether it was
 * @param sign the evidence
 */
public record Distillation(boolean distilled, String sign) {
  /** A setting of diffusers, and metadata of the files that this library writes. */
  public static final String IS_DISTILLED = "is_distilled";

  private static final List<String> METADATA =
      List.of(
          "modelspec.title", "modelspec.architecture", "modelspec.implementation", "general.name");

  /** Words of names that say nothing about distillation. */
  private static final Set<String> FORMATS =
      Set.of(
          "bf16",
          "fp16",
          "fp32",
          "fp8",
          "e4m3fn",
          "f16",
          "f32",
          "safetensors",
          "gguf",
          "index",
          "json");

  /** Words of llama.cpp's names of formats, such as Q8_0, Q4_K_M and IQ4_XS. */
  private static final Pattern BLOCKS = Pattern.compile("i?q\\d|[01klms]|xs|nl|xl");

  private static final Set<String> DISTILLED =
      Set.of("turbo", "distilled", "distill", "schnell", "flash");

  /** Models whose distillation of guidance was undone, such as flux-dev-de-distill. */
  private static final Pattern UNDONE = Pattern.compile("\\b(?:de|un) ?distill");

  private static final Set<String> BASE = Set.of("base", "undistilled");

  /**
   * Decides from settings, metadata and names, in this order.
   *
   * @param index model_index.json; missing if there is none
   * @param scheduler scheduler_config.json; missing if there is none
   * @param metadata the metadata of the transformer's file
   * @param path the file or folder that was named
   */
  static Distillation of(
      TransformerFamily family,
      JsonNode index,
      JsonNode scheduler,
      Map<String, String> metadata,
      Path path) {
    JsonNode recorded = index.path(IS_DISTILLED);
    if (recorded.isBoolean()) {
      return new Distillation(recorded.asBoolean(), IS_DISTILLED + " in model_index.json");
    }
    double shift = scheduler.path("shift").asDouble(0);
    Optional<Boolean> byShift = family.isDistilled(shift);
    if (byShift.isPresent()) {
      return new Distillation(byShift.get(), "shift %s in scheduler_config.json".formatted(shift));
    }
    String written = metadata.getOrDefault(IS_DISTILLED, "");
    if (written.equals("true") || written.equals("false")) {
      return new Distillation(written.equals("true"), "metadata " + IS_DISTILLED);
    }
    if (family.isDistilledUnlessUndone()) {
      return unlessUndone(family, metadata, String.valueOf(path.getFileName()));
    }
    for (String key : METADATA) {
      Optional<Boolean> found = inWords(words(metadata.getOrDefault(key, "")));
      if (found.isPresent()) {
        return new Distillation(found.get(), "metadata " + key);
      }
    }
    String name = String.valueOf(path.getFileName());
    List<String> words = words(name);
    Optional<Boolean> found =
        inWords(words).or(() -> isBare(family, words) ? Optional.of(false) : Optional.empty());
    return found
        .map(distilled -> new Distillation(distilled, "the name '" + name + "'"))
        .orElseGet(
            () ->
                new Distillation(
                    family.isUsuallyDistilled(), "the default, because nothing shows it"));
  }

  /** Models are distilled, unless this was undone so that they need guidance again. */
  private static Distillation unlessUndone(
      TransformerFamily family, Map<String, String> metadata, String name) {
    String words = String.join(" ", words(name + " " + metadata.getOrDefault("general.name", "")));
    return UNDONE.matcher(words).find()
        ? new Distillation(false, "the name '" + name + "'")
        : new Distillation(true, "the default of " + family.label());
  }

  /**
   * Returns whether the transformer of a file alone is distilled.
   *
   * @param metadata the metadata of the file
   */
  public static boolean ofFile(TransformerFamily family, Map<String, String> metadata, Path path) {
    JsonNode none = MissingNode.getInstance();
    return of(family, none, none, metadata, path).distilled();
  }

  /** Whether a name is that of the base model and nothing else, such as z_image_bf16. */
  private static boolean isBare(TransformerFamily family, List<String> words) {
    List<String> rest = new ArrayList<>(words);
    rest.removeIf(word -> FORMATS.contains(word) || BLOCKS.matcher(word).matches());
    return !family.baseName().isEmpty() && rest.equals(family.baseName());
  }

  private static Optional<Boolean> inWords(List<String> words) {
    if (words.stream().anyMatch(DISTILLED::contains)) {
      return Optional.of(true);
    }
    return words.stream().anyMatch(BASE::contains) ? Optional.of(false) : Optional.empty();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
