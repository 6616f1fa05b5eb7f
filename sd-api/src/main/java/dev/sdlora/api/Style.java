package dev.sdlora.api;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
  /** The largest collections have some hundred KB. */
  private static final int MAX_BYTES = 16 << 20;

  /**
   * Refuses null.
   *
   * @param name what people call it
   * @param prompt empty for nothing
   * @param negativePrompt empty for nothing
   */
  public Style {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(negativePrompt, "negativePrompt");
  }

  /**
   * Reads a {@code styles.csv} of A1111.
   *
   * @param csv UTF-8, with the columns {@code name}, {@code prompt} (or {@code text}, as it was
   *     called once) and {@code negative_prompt} in any order
   * @return the styles in the order of the file; lines without a name are left out
   * @throws StableDiffusionException if the file cannot be read, lacks a column, has more than 16
   *     MB or more than 100,000 styles
   */
  public static List<Style> readAll(Path csv) {
    Objects.requireNonNull(csv, "csv");
    try {
      // A pipe would be waited for, and a device may have no end.
      if (Files.exists(csv) && !Files.isRegularFile(csv)) {
        throw new IllegalArgumentException("it is not a regular file");
      }
      return StyleFile.parse(text(csv));
    } catch (IOException | IllegalArgumentException e) {
      throw new StableDiffusionException(
          "styles file '%s' cannot be read: %s"
              .formatted(csv, e instanceof IOException io ? FileReason.of(io) : e.getMessage()),
          e);
    }
  }

  private static String text(Path csv) throws IOException {
    try (InputStream in = Files.newInputStream(csv)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException("it has more than " + MAX_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }
}
