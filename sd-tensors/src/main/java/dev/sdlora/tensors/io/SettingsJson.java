package dev.sdlora.tensors.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sdlora.api.value.JsonMistake;
import dev.sdlora.api.value.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Parses JSON stored next to models or in them: settings, notes, the rows of an embedding. A tree
 * takes up to 25 times the memory of its text, so the length of the text and the number of values
 * are limited, and nesting to 1,000 levels. The last of duplicate keys wins, and numbers may be
 * NaN, as in Python. Stateless.
 */
public final class SettingsJson {
  /** Exceeds all known files; the text of 75 vectors for SDXL has 4 MB. */
  public static final int MAX_BYTES = 16 << 20;

  /** Values, keys and brackets; that text has 160,000. */
  private static final int MAX_TOKENS = 1_000_000;

  private static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder()
              .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
              .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
              .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxStringLength(MAX_BYTES)
                      .maxTokenCount(MAX_TOKENS)
                      .build())
              .build());

  private SettingsJson() {}

  /**
   * Parses a text; returns a missing node for an empty one.
   *
   * @throws JsonProcessingException if it is not JSON, or is too long
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    if (text.length() > MAX_BYTES) {
      throw new StreamConstraintsException(
          "it has " + text.length() + " characters, more than " + MAX_BYTES);
    }
    return JSON.readTree(text);
  }

  /**
   * Parses a file; returns a missing node for an empty one.
   *
   * @throws IOException if it cannot be read, is not a regular file or not JSON, or is too long
   */
  public static JsonNode read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    // Reading a pipe would block, and a device may have no end.
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(MAX_BYTES + 1);
      if (text.length > MAX_BYTES) {
        throw new StreamConstraintsException("it has more than " + MAX_BYTES + " bytes");
      }
      return JSON.readTree(Utf8.reader(text));
    }
  }

  /** Returns why {@link #read} failed, in one line; for a syntax error also its position. */
  public static String reason(IOException failure) {
    if (failure instanceof JsonProcessingException mistake) {
      JsonLocation place = mistake.getLocation();
      String message = mistake.getOriginalMessage();
      return place == null
          ? JsonMistake.reason(message)
          : JsonMistake.reason(message, place.getLineNr(), place.getColumnNr());
    }
    if (failure instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    return failure instanceof FileSystemException
        ? failure.getClass().getSimpleName() + ": " + failure.getMessage()
        : String.valueOf(failure.getMessage());
  }
}
