package dev.sdlora.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Copies of models with metadata, such as the words they were trained on. */
public final class TaughtModels {
  private static final String METADATA = "\"__metadata__\":{";

  private TaughtModels() {}

  /**
   * Copies a checkpoint and sets the words in its metadata, replacing existing ones.
   *
   * @param checkpoint a safetensors file
   * @param words the value in the metadata
   * @param copy the new file
   * @return the new file
   */
  public static Path copy(Path checkpoint, String words, Path copy) {
    return noted(checkpoint, "sdlora.words", words, copy);
  }

  /**
   * Copies a checkpoint and sets a value in its metadata, replacing an existing one.
   *
   * @param checkpoint a safetensors file
   * @param key the key in the metadata
   * @param value the value
   * @param copy the new file
   * @return the new file
   */
  public static Path noted(Path checkpoint, String key, String value, Path copy) {
    try {
      ByteBuffer file =
          ByteBuffer.wrap(Files.readAllBytes(checkpoint)).order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[Math.toIntExact(file.getLong())];
      file.get(header);
      byte[] taught =
          noted(new String(header, StandardCharsets.UTF_8), key, value)
              .getBytes(StandardCharsets.UTF_8);
      ByteBuffer written =
          ByteBuffer.allocate(Long.BYTES + taught.length + file.remaining())
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(taught.length)
              .put(taught)
              .put(file);
      return Files.write(copy, written.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String noted(String header, String key, String value) {
    String pair = "\"" + key + "\":\"" + value + "\"";
    Matcher matcher = Pattern.compile("\"" + Pattern.quote(key) + "\":\"[^\"]*\"").matcher(header);
    if (matcher.find()) {
      return matcher.replaceFirst(Matcher.quoteReplacement(pair));
    }
    int at = header.indexOf(METADATA);
    if (at < 0) {
      return "{" + METADATA + pair + "}," + header.substring(1);
    }
    int inside = at + METADATA.length();
    return header.substring(0, inside) + pair + "," + header.substring(inside);
  }
}
