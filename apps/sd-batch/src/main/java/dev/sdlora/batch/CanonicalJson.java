package dev.sdlora.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.json.Fields;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeSet;

/** Canonical JSON: the same text for all ways of writing the same value. */
final class CanonicalJson {
  /** Numbers with more zeros are written with an exponent. */
  private static final int MOST_ZEROS = 30;

  private CanonicalJson() {}

  /**
   * Parses an object.
   *
   * @throws IllegalArgumentException if the text is not a JSON object; see {@link Fields#parse}
   */
  static ObjectNode read(String text) {
    try {
      return Fields.parse(text.getBytes(StandardCharsets.UTF_8)).node();
    } catch (IllegalArgumentException e) {
      // The text is one line; the caller reports its number.
      String sentence = String.valueOf(e.getMessage()).replace("line 1, column ", "column ");
      throw new IllegalArgumentException("it " + sentence, e);
    }
  }

  /** Parses an object; empty if the text is not one. */
  static Optional<ObjectNode> tryRead(String text) {
    try {
      return Optional.of(read(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns a value in canonical form: with sorted names, without nulls, and with one spelling of
   * numbers.
   *
   * @throws IllegalArgumentException if a number is infinite or NaN
   */
  static JsonNode canonical(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode sorted = Fields.object();
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
      ArrayNode elements = Fields.array();
      array.forEach(element -> elements.add(canonical(element)));
      return elements;
    }
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException("%s is not a valid number".formatted(node));
    }
    return node.isNumber() ? number(node.decimalValue()) : node;
  }

  private static JsonNode number(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    boolean whole = shortest.scale() <= 0 && shortest.scale() >= -MOST_ZEROS;
    if (!whole) {
      return JsonNodeFactory.instance.numberNode(shortest);
    }
    BigInteger integer = shortest.toBigInteger();
    return integer.bitLength() < Long.SIZE
        ? JsonNodeFactory.instance.numberNode(integer.longValue())
        : JsonNodeFactory.instance.numberNode(integer);
  }
}
