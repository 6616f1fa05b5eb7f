package dev.sdlora.tensors.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorContents;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.io.Cancellation;
import dev.sdlora.tensors.io.SettingsJson;
import dev.sdlora.tensors.io.TensorFileErrors;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the JSON header of a safetensors file and checks it against the size of the file. The
 * rules are those of the reference implementation (tensors cover the data without gaps or overlaps,
 * from its first byte to its last; unknown keys of an entry are ignored), with one stricter rule: a
 * duplicate key is an error, whereas the reference keeps one of the two. The text is read in pieces
 * and never kept as a whole; what is kept is limited by the constants below and those of entries,
 * whereas the reference limits only the length.
 */
final class HeaderParser {
  /** The key of the metadata, the only entry that is not a tensor. */
  static final String METADATA = "__metadata__";

  /**
   * The maximum length of a header in bytes. Real headers have up to 2 MB of tensors, and a few MB
   * of metadata if trainers write the captions of a large data set or a preview. The reference
   * implementation allows 100 MB, which takes several times as much of the heap.
   */
  static final int MAX_BYTES = 16 << 20;

  /** Trainers write about 60 pairs. */
  private static final int MAX_PAIRS = 100_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          // Metadata may contain statistics of the whole training set or a preview image.
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MAX_BYTES)
                  .maxNameLength(TensorEntry.MAX_NAME)
                  .build())
          .build();

  private final Path path;
  private final long dataStart;
  private final long dataLength;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<TensorEntry> entries = new ArrayList<>();

  /**
   * The content of a header.
   *
   * @param metadata the metadata pairs, in file order
   * @param tensors the tensors by name, in the order of their data
   */
  record Header(Map<String, String> metadata, Map<String, TensorEntry> tensors) {}

  private HeaderParser(Path path, long dataStart, long fileSize) {
    this.path = path;
    this.dataStart = dataStart;
    this.dataLength = fileSize - dataStart;
  }

  /**
   * Parses and checks a header.
   *
   * @param utf8 the JSON text, read to its end
   * @param dataStart the offset in the file where the header ends and the tensors begin
   * @param fileSize the size of the whole file in bytes
   * @throws TensorFileException if the header is invalid
   */
  static Header parse(Path path, InputStream utf8, long dataStart, long fileSize) {
    HeaderParser parser = new HeaderParser(path, dataStart, fileSize);
    parser.parse(utf8);
    parser.checkCoverage();
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    parser.entries.forEach(entry -> tensors.put(entry.name(), entry));
    return new Header(
        Collections.unmodifiableMap(parser.metadata), Collections.unmodifiableMap(tensors));
  }

  private void parse(InputStream utf8) {
    // Decoded here because Jackson accepts some malformed UTF-8.
    try (JsonParser json =
        JSON.createParser(new InputStreamReader(utf8, StandardCharsets.UTF_8.newDecoder()))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw error("has a header that is not a JSON object");
      }
      for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
        json.nextToken();
        if (key.equals(METADATA)) {
          parseMetadata(json);
        } else {
          if (entries.size() == TensorContents.MAX_TENSORS) {
            throw error(
                "has more than " + TensorContents.MAX_TENSORS + " tensors, which no model needs");
          }
          entries.add(parseEntry(json, key));
        }
        Cancellation.check();
      }
      if (json.nextToken() != null) {
        throw error("has text after the JSON object of its header");
      }
    } catch (StreamConstraintsException e) {
      throw TensorFileErrors.error(
          path, "has a header that exceeds the limits: " + SettingsJson.reason(e), e);
    } catch (CharacterCodingException e) {
      throw TensorFileErrors.ioError(path, "has a header that is not UTF-8 text", e);
    } catch (JsonProcessingException e) {
      throw TensorFileErrors.error(
          path, "has a header that is not valid JSON: " + SettingsJson.reason(e), e);
    } catch (IOException e) {
      throw TensorFileErrors.ioError(path, "has a header that cannot be read", e);
    }
  }

  private void parseMetadata(JsonParser json) throws IOException {
    if (!json.isExpectedStartObjectToken()) {
      throw error("has " + METADATA + " that is not an object of strings");
    }
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        throw error("has metadata '" + key + "' that is not a string: " + json.currentToken());
      }
      if (metadata.size() == MAX_PAIRS) {
        throw error("has more than " + MAX_PAIRS + " pairs of metadata, which no model needs");
      }
      metadata.put(key, json.getText());
    }
  }

  private TensorEntry parseEntry(JsonParser json, String name) throws IOException {
    if (!json.isExpectedStartObjectToken()) {
      throw error(name, "is described by " + json.currentToken() + ", expected an object");
    }
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
      json.nextToken();
      switch (key) {
        case "dtype" -> dtype = parseDType(json, name);
        case "shape" -> shape = parseIntegers(json, name, key);
        case "data_offsets" -> offsets = parseIntegers(json, name, key);
        default -> json.skipChildren();
      }
    }
    return entry(
        name,
        require(dtype, name, "dtype"),
        require(shape, name, "shape"),
        require(offsets, name, "data_offsets"));
  }

  private TensorEntry entry(String name, DType dtype, List<Long> shape, List<Long> offsets) {
    if (offsets.size() != 2) {
      throw error(name, "has data_offsets " + offsets + ", expected a begin and an end");
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (begin < 0 || end < begin) {
      throw error(name, "has data_offsets " + offsets + " that are negative or in reverse order");
    }
    if (end > dataLength) {
      throw error(
          name,
          "ends at byte %s of the data, but the file has only %s; it was probably cut off"
              .formatted(end, dataLength));
    }
    long byteLength;
    try {
      byteLength = TensorEntry.byteLength(shape, dtype);
    } catch (IllegalArgumentException e) {
      throw error(name, "has an impossible shape: " + e.getMessage());
    }
    if (byteLength != end - begin) {
      throw error(
          name,
          "is %s %s and needs %s bytes, but its data_offsets span %s"
              .formatted(dtype, shape, byteLength, end - begin));
    }
    return new TensorEntry(name, dtype, shape, dataStart + begin, byteLength);
  }

  private DType parseDType(JsonParser json, String name) throws IOException {
    String dtype = json.getText();
    return DType.named(dtype)
        .orElseThrow(
            () ->
                error(
                    name,
                    "has dtype '%s', expected one of %s"
                        .formatted(dtype, Arrays.toString(DType.values()))));
  }

  private List<Long> parseIntegers(JsonParser json, String name, String key) throws IOException {
    if (!json.isExpectedStartArrayToken()) {
      throw error(name, "has " + key + " that is not an array: " + json.currentToken());
    }
    List<Long> integers = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw error(
            name, "has " + key + " with '" + json.getText() + "', expected a 64-bit integer");
      }
      if (integers.size() == TensorEntry.MAX_DIMENSIONS) {
        throw error(
            name, "has " + key + " with more than " + TensorEntry.MAX_DIMENSIONS + " numbers");
      }
      integers.add(json.getLongValue());
    }
    return integers;
  }

  /** Sorts the entries by offset and rejects gaps, overlaps and trailing bytes. */
  private void checkCoverage() {
    entries.sort(
        Comparator.comparingLong(TensorEntry::offset).thenComparingLong(TensorEntry::byteLength));
    long covered = dataStart;
    for (TensorEntry entry : entries) {
      if (entry.offset() < covered) {
        throw error(entry.name(), "overlaps the tensor before it");
      }
      if (entry.offset() > covered) {
        throw error(
            entry.name(),
            "follows a gap of %s bytes that no tensor covers".formatted(entry.offset() - covered));
      }
      covered += entry.byteLength();
    }
    long left = dataStart + dataLength - covered;
    if (left > 0) {
      throw error("has %s bytes after its last tensor that no tensor covers".formatted(left));
    }
  }

  private <T> T require(@Nullable T value, String name, String key) {
    if (value == null) {
      throw error(name, "has no " + key);
    }
    return value;
  }

  private TensorFileException error(String predicate) {
    return TensorFileErrors.error(path, predicate);
  }

  private TensorFileException error(String tensor, String predicate) {
    return TensorFileErrors.tensorError(
        path, tensor, "is damaged: tensor '" + tensor + "' " + predicate);
  }
}
