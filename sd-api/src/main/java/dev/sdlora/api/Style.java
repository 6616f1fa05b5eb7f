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
 * Text added to prompts, like A1111's styles. A text that contains {@code {prompt}} replaces the
 * prompt and inserts it there; any other text is appended to the prompt after {@code ", "}.
 *
 * @param name the style's name
 * @param prompt the text for the prompt; empty for none
 * @param negativePrompt the text for the negative prompt; empty for none
 */
public record Style(String name, String prompt, String negativePrompt) {
  /** The largest published collections have a few hundred KB. */
  private static final int MAX_BYTES = 16 << 20;

  /**
   * Checks that no argument is null.
   *
   * @param name the style's name
   * @param prompt the text for the prompt; empty for none
   * @param negativePrompt the text for the negative prompt; empty for none
   */
  public Style {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(negativePrompt, "negativePrompt");
  }

  /**
   * Reads a {@code styles.csv} file of A1111.
   *
   * @param csv a UTF-8 file with the columns {@code name}, {@code prompt} (formerly {@code text})
   *     and {@code negative_prompt} in any order
   * @return the styles in the order of the file; lines without a name are skipped
   * @throws StableDiffusionException if the file cannot be read, lacks a column, or has more than
   *     16 MB or more than 100,000 styles
   */
  public static List<Style> readAll(Path csv) {
    Objects.requireNonNull(csv, "csv");
    try {
      // Reading a pipe would block, and a device may have no end.
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
