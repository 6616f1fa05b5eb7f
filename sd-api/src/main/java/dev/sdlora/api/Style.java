package dev.sdlora.api;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.FileReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

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
      return StyleFile.parse(text(csv));
    } catch (IOException | IllegalArgumentException e) {
      throw error(csv, "cannot be read", e);
    }
  }

  /**
   * Adds this style to a {@code styles.csv} file of A1111, or replaces the first style of its name
   * there. Other lines and columns stay as they are. A missing file is created; its folder must
   * exist. The file is replaced as a whole, so that no reader finds half of it. If two threads or
   * programs save at the same moment, one of the styles may be lost.
   *
   * @param csv the file, in the form that {@link #readAll} reads
   * @throws IllegalArgumentException if the name is blank
   * @throws StableDiffusionException if the file cannot be read, as {@link #readAll}, or written,
   *     or would have more than 16 MB or more than 100,000 styles; it is unchanged then
   */
  public void save(Path csv) {
    Objects.requireNonNull(csv, "csv");
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of a style to save must not be blank");
    }
    try {
      Path file = Files.exists(csv) ? csv.toRealPath() : csv.toAbsolutePath();
      String text = StyleFile.with(Files.exists(file) ? text(file) : "", this);
      if (!StyleFile.parse(text).contains(this)) {
        throw new IllegalArgumentException("the quotes of its last line are not closed");
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException("it would have more than " + MAX_BYTES + " bytes");
      }
      replace(file, bytes);
    } catch (IOException | IllegalArgumentException e) {
      throw error(csv, "cannot be changed", e);
    }
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    // Not Files.createTempFile, which creates files that only their owner can read.
    Path partial = file.resolveSibling(".sd-" + UUID.randomUUID() + ".part");
    try {
      Files.write(partial, bytes, StandardOpenOption.CREATE_NEW);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static StableDiffusionException error(Path csv, String what, Exception cause) {
    return new StableDiffusionException(
        "styles file '%s' %s: %s"
            .formatted(
                csv,
                what,
                cause instanceof IOException io ? FileReason.of(io) : cause.getMessage()),
        cause);
  }

  private static String text(Path csv) throws IOException {
    // Reading a pipe would block, and a device may have no end.
    if (Files.exists(csv) && !Files.isRegularFile(csv)) {
      throw new IllegalArgumentException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(csv)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException("it has more than " + MAX_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }
}
