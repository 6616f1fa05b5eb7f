package dev.sdlora.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Words that are added to prompts, as A1111's styles are: a text with {@code {prompt}} takes the
 * place of the prompt and puts it there, any other follows the prompt behind {@code ", "}.
 *
 * @param name what people call it
 * @param prompt for the prompt; empty for nothing
 * @param negativePrompt for the negative prompt; empty for nothing
 */
public record Style(String name, String prompt, String negativePrompt) {
  /** Refuses null. */
  public Style {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(negativePrompt, "negativePrompt");
  }

  /**
   * Reads a {@code styles.csv} of A1111: UTF-8, with the columns {@code name}, {@code prompt} (or
   * {@code text}, as it was called once) and {@code negative_prompt} in any order.
   *
   * @return the styles in the order of the file; lines without a name are left out
   * @throws StableDiffusionException if the file cannot be read or lacks a column
   */
  public static List<Style> readAll(Path csv) {
    Objects.requireNonNull(csv, "csv");
    try {
      return StyleFile.parse(Files.readString(csv));
    } catch (IOException | IllegalArgumentException e) {
      throw new StableDiffusionException(
          "styles file '" + csv + "' cannot be read: " + e.getMessage(), e);
    }
  }
}
