package dev.sdlora.cli.model;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.cli.console.Console;
import dev.sdlora.models.ModelStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A LoRA argument: a file, a published file or the name of a LoRA in a folder, with an optional
 * weight after a colon.
 */
public final class LoraReference {
  public static final String LABEL = "LORA[:WEIGHT]";

  private static final List<String> ENDINGS = List.of(".safetensors", ".pt", ".bin", ".ckpt");

  /** Matches references whose ends look like weights. */
  private static final Pattern WHOLE =
      Pattern.compile("civitai:((model:)?\\d+|hash:\\w+)|(https?|s3):.*#sha256=\\p{XDigit}{64}");

  /**
   * Matches one weight, or one for the text encoders and one for the U-Net. Also matches malformed
   * weights, which are then rejected.
   */
  private static final Pattern WEIGHTED =
      Pattern.compile("(.+)(?::([-+]?[\\d.]+(?:,[-+.\\d,]*)?)|=([^=/\\\\]*))");

  private LoraReference() {}

  /**
   * Opens a LoRA. A file takes precedence over a name; without folders, names refer to the bundled
   * LoRAs.
   *
   * @throws LoraException if the LoRA does not exist or cannot be used
   */
  public static LoraAdapter open(String fileOrName, List<Path> folders, Console console) {
    if (ModelStore.isReference(fileOrName)) {
      return LoraAdapter.open(PublishedFile.path(fileOrName, console));
    }
    if (isFile(fileOrName)) {
      return LoraAdapter.open(Path.of(fileOrName));
    }
    if (!folders.isEmpty()) {
      return LoraLibrary.open(folders).find(fileOrName);
    }
    try {
      return LoraLibrary.open(List.of(BundledModel.loras())).find(fileOrName);
    } catch (LoraException e) {
      if (e.reason() != Reason.UNKNOWN) {
        throw e;
      }
      List<String> near = e.details().nearestNames();
      throw new LoraException(
          "LoRA '%s' does not exist; %s"
              .formatted(
                  fileOrName,
                  near.isEmpty()
                      ? "expected a file or a bundled LoRA: "
                          + String.join(", ", new TreeSet<>(e.details().knownNames()))
                      : "did you mean '" + String.join("' or '", near) + "'?"),
          Reason.UNKNOWN,
          e.details(),
          e);
    }
  }

  /**
   * Opens {@code LORA[:WEIGHT]}; the weight defaults to 1. {@code LORA=WEIGHT} is the same, and
   * {@code LORA:TEXT,UNET} sets a weight for each network.
   *
   * @throws picocli.CommandLine.ParameterException if the weight is not a finite number
   */
  public static LoraAdapter openWeighted(String text, List<Path> folders, Console console) {
    Matcher parts = WEIGHTED.matcher(text);
    if (isFile(text) || isWholeReference(text) || !parts.matches()) {
      return open(text, folders, console);
    }
    String given = parts.group(2) == null ? parts.group(3) : parts.group(2);
    String[] weights = given.split(",", -1);
    if (weights.length > 2) {
      throw expected(text, console);
    }
    double textEncoder = weight(weights[0], text, console);
    double unet = weight(weights[weights.length - 1], text, console);
    LoraAdapter lora = open(parts.group(1), folders, console);
    return lora.withStrength(LoraStrength.of(textEncoder, unet));
  }

  private static double weight(String text, String argument, Console console) {
    try {
      double weight = Double.parseDouble(text);
      if (Double.isFinite(weight)) {
        return weight;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw expected(argument, console);
  }

  private static RuntimeException expected(String argument, Console console) {
    return console.badUsage(
        "'%s' has no valid weight; expected %s such as ink:0.8".formatted(argument, LABEL));
  }

  /**
   * Whether the text after the last colon belongs to the reference, as in {@code civitai:16576}.
   */
  static boolean isWholeReference(String text) {
    return WHOLE.matcher(text).matches();
  }

  /** Whether the argument is a file or has the extension of one. */
  private static boolean isFile(String text) {
    try {
      return ENDINGS.stream().anyMatch(text::endsWith) || Files.isRegularFile(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
