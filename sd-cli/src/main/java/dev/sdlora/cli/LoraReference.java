package dev.sdlora.cli;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.models.ModelStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * LoRAs as arguments name them: by file, by where they are published, or as prompts do, by the name
 * in a folder.
 */
final class LoraReference {
  private static final List<String> ENDINGS = List.of(".safetensors", ".pt", ".bin", ".ckpt");

  /** References whose ends look like strengths. */
  private static final Pattern WHOLE =
      Pattern.compile("civitai:((model:)?\\d+|hash:\\w+)|https?:.*#sha256=\\p{XDigit}{64}");

  private LoraReference() {}

  /**
   * Opens a LoRA. A file goes before a name; without folders the bundled LoRAs have names.
   *
   * @throws dev.sdlora.api.LoraException if there is neither, or it cannot be used
   */
  static LoraAdapter open(String fileOrName, List<Path> folders, Console console) {
    if (ModelStore.isReference(fileOrName)) {
      return LoraAdapter.open(PublishedFile.path(fileOrName, console));
    }
    if (isFile(fileOrName)) {
      return LoraAdapter.open(Path.of(fileOrName));
    }
    if (!folders.isEmpty()) {
      return LoraLibrary.open(folders).find(fileOrName);
    }
    return LoraLibrary.open(List.of(BundledModel.loras())).list().stream()
        .filter(lora -> lora.name().equals(fileOrName))
        .findFirst()
        .orElseGet(() -> LoraAdapter.open(Path.of(fileOrName)));
  }

  /**
   * Opens what {@code FILE[:WEIGHT]} names, at weight 1 without one.
   *
   * @throws IllegalArgumentException if the weight is not finite
   */
  static LoraAdapter openWeighted(String text, List<Path> folders, Console console) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0
        || isFile(text)
        || isWholeReference(text)
        || !text.substring(colon + 1).matches("[-+]?[0-9.]+")) {
      return open(text, folders, console);
    }
    double weight;
    try {
      weight = Double.parseDouble(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--lora must be FILE[:WEIGHT]: '" + text + "'", e);
    }
    return open(text.substring(0, colon), folders, console).withStrength(weight);
  }

  /** Whether what is behind the last sign belongs to it, as in {@code civitai:16576}. */
  static boolean isWholeReference(String text) {
    return WHOLE.matcher(text).matches();
  }

  /** Whether it is one, or can be meant for nothing else. */
  private static boolean isFile(String text) {
    try {
      return ENDINGS.stream().anyMatch(text::endsWith) || Files.isRegularFile(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
