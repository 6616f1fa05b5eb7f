package dev.sdlora.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.TreeSet;

/** JSON, and the one text that all ways to write the same JSON have in common. */
final class Json {
  private static final JsonMapper MAPPER = mapper();

  /** Longer numbers are written with an exponent. */
  private static final int MOST_ZEROS = 30;

  private Json() {}

  private static JsonMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    // Pictures are texts of any length; lines have a limit.
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxStringLength(Integer.MAX_VALUE)
                .maxNestingDepth(100)
                .build());
    return mapper;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if the text is none; the message says what is wrong where
   */
  static ObjectNode read(String text) {
    try {
      if (MAPPER.readTree(text) instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException("expected a JSON object");
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null ? "" : " (column " + e.getLocation().getColumnNr() + ")";
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage() + place, e);
    }
  }

  /** The object of a text; empty if it is none. */
  static Optional<ObjectNode> tryRead(String text) {
    try {
      return Optional.of(read(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** JSON in one line. */
  static String line(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same with names in order, without nulls, and with numbers in one spelling. */
  static JsonNode canonical(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode sorted = object();
      TreeSet<String> names = new TreeSet<>();
      object.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        if (!object.path(name).isNull()) {
          sorted.set(name, canonical(object.path(name)));
        }
      }
      return sorted;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode elements = array();
      array.forEach(element -> elements.add(canonical(element)));
      return elements;
    }
    return node.isNumber() ? number(node.decimalValue()) : node;
  }

  private static JsonNode number(BigDecimal value) {
    BigDecimal short0 = value.stripTrailingZeros();
    boolean whole = short0.scale() <= 0 && short0.scale() >= -MOST_ZEROS;
    if (!whole) {
      return JsonNodeFactory.instance.numberNode(short0);
    }
    BigInteger integer = short0.toBigInteger();
    return integer.bitLength() < Long.SIZE
        ? JsonNodeFactory.instance.numberNode(integer.longValue())
        : JsonNodeFactory.instance.numberNode(integer);
  }

  /** SHA-256 of a text. */
  static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256 of bytes. */
  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
