package dev.sdlora.server.key;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A JSON file with a list of API keys. It is read again when it has changed; if it is broken then,
 * the last valid keys stay. Messages never contain any of its text but names and fields. Safe for
 * use by several threads.
 */
public final class KeyFile {
  private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
  private static final int MOST_BYTES = 10 << 20;
  private static final List<String> FIELDS =
      List.of(
          "name",
          "key",
          "sha256",
          "priority",
          "jobsPerMinute",
          "maxJobs",
          "imagesPerDay",
          "private");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  // The fields below are guarded by this.
  private String stamp;
  private Map<String, Key> byHash;

  private KeyFile(Path file, String stamp, Map<String, Key> byHash) {
    this.file = file;
    this.stamp = stamp;
    this.byHash = byHash;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it cannot be read or is invalid
   */
  public static KeyFile open(Path file) {
    String stamp = stamp(file);
    return new KeyFile(file, stamp, read(file));
  }

  /** Returns the keys by the hashes of their tokens, after reading the file again if it changed. */
  synchronized Map<String, Key> byHash() {
    String now = stamp(file);
    if (!now.equals(stamp)) {
      stamp = now;
      try {
        byHash = read(file);
        LOG.info("read {} API keys from '{}'", byHash.size(), file);
      } catch (IllegalArgumentException e) {
        LOG.warn("{}; the keys that were read before stay valid", e.getMessage());
      }
    }
    return byHash;
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes of = Files.readAttributes(file, BasicFileAttributes.class);
      return of.lastModifiedTime() + " " + of.size() + " " + of.fileKey();
    } catch (IOException e) {
      return "absent";
    }
  }

  private static Map<String, Key> read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw broken(file, "it has more than %s bytes".formatted(MOST_BYTES));
      }
      return keys(file, JSON.readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) { // Its message may quote a key.
      throw broken(
          file,
          Optional.ofNullable(e.getLocation())
              .map(at -> "line %s, column %s".formatted(at.getLineNr(), at.getColumnNr()))
              .map(at -> "it is no JSON, or repeats a field, at " + at)
              .orElse("it is no JSON"));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read the API keys in '%s': %s".formatted(file, e.getClass().getSimpleName()), e);
    }
  }

  private static IllegalArgumentException broken(Path file, String why) {
    return new IllegalArgumentException(
        "the API keys in '%s' are not valid: %s".formatted(file, why));
  }

  private static Map<String, Key> keys(Path file, JsonNode list) {
    if (!list.isArray()) {
      throw broken(file, "a list such as [{\"name\": …, \"key\": …}] is expected");
    }
    List<Key> keys = new ArrayList<>();
    try {
      for (int i = 0; i < list.size(); i++) {
        keys.add(key(list.get(i), i + 1));
      }
      return Keys.byHash(keys);
    } catch (IllegalArgumentException e) {
      throw broken(file, String.valueOf(e.getMessage()));
    }
  }

  private static Key key(JsonNode node, int number) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("entry %s is no object".formatted(number));
    }
    if (!node.path("name").isTextual()) {
      throw new IllegalArgumentException("entry %s must have a 'name', a text".formatted(number));
    }
    String name = node.get("name").textValue();
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException(
                    "API key '%s' has the unknown field '%s'; the fields are %s"
                        .formatted(name, field, String.join(", ", new TreeSet<>(FIELDS))));
              }
            });
    if (node.path("key").isTextual() == node.path("sha256").isTextual()) {
      throw new IllegalArgumentException(
          "API key '%s' must have either 'key' or 'sha256', a text".formatted(name));
    }
    String hash =
        node.has("key")
            ? Key.hash(name, node.get("key").textValue())
            : node.get("sha256").textValue().toLowerCase(Locale.ROOT);
    if (node.has("private") && !node.get("private").isBoolean()) {
      throw new IllegalArgumentException(
          "'private' of API key '%s' must be true or false".formatted(name));
    }
    return new Key(
        name,
        hash,
        node.has("priority") ? whole(node, name, "priority") : 0,
        limit(node, name, "jobsPerMinute"),
        limit(node, name, "maxJobs"),
        limit(node, name, "imagesPerDay"),
        node.path("private").booleanValue());
  }

  private static int limit(JsonNode node, String name, String field) {
    if (!node.has(field)) {
      return 0;
    }
    int limit = whole(node, name, field);
    if (limit == 0) {
      throw new IllegalArgumentException(
          "'%s' of API key '%s' must be at least 1; without it there is no limit"
              .formatted(field, name));
    }
    return limit;
  }

  private static int whole(JsonNode node, String name, String field) {
    JsonNode value = node.get(field);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new IllegalArgumentException(
          "'%s' of API key '%s' must be a whole number".formatted(field, name));
    }
    return value.intValue();
  }
}
