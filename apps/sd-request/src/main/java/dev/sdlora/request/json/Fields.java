package dev.sdlora.request.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.JsonMistake;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.api.value.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;

/**
 * The fields of a JSON object. A null field counts as missing, because clients write null for
 * values they leave out. Numbers and booleans may be quoted, as in HTML forms.
 */
public final class Fields {
  /** Limit of values, keys and brackets; each takes many times its length in memory. */
  private static final int MAX_TOKENS = 1_000_000;

  private static final ObjectMapper JSON = mapper();

  private final ObjectNode node;
  private final String noun;
  private final List<String> warnings;

  /** The texts of images that were read. */
  private final Set<String> images;

  private Fields(ObjectNode node) {
    this(node, "field", new ArrayList<>(), new HashSet<>());
  }

  private Fields(ObjectNode node, String noun, List<String> warnings, Set<String> images) {
    this.node = node;
    this.noun = noun;
    this.warnings = warnings;
    this.images = images;
  }

  private static ObjectMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Python clients write NaN; the readers of numbers refuse it with a clear message.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    // Images are strings of any length; the whole body has a limit.
    mapper.getFactory().setStreamReadConstraints(constraints());
    return mapper;
  }

  /** Returns the limits of JSON from clients, whose whole length is limited already. */
  public static StreamReadConstraints constraints() {
    return StreamReadConstraints.builder()
        .maxStringLength(Integer.MAX_VALUE)
        .maxNestingDepth(100)
        .maxTokenCount(MAX_TOKENS)
        .build();
  }

  /** Wraps an object. */
  public static Fields of(ObjectNode node) {
    return new Fields(node);
  }

  /** Creates an empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Creates an empty array. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * Parses JSON.
   *
   * @throws IllegalArgumentException if the text is not a JSON object; the message says what is
   *     wrong and where, without a subject, so that callers prepend one
   */
  public static Fields parse(byte[] text) {
    try {
      if (JSON.readTree(Utf8.reader(text)) instanceof ObjectNode object) {
        return new Fields(object);
      }
      throw new IllegalArgumentException("must be a JSON object");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "is not JSON: "
              + JsonMistake.reason(
                  e.getOriginalMessage(),
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr()),
          e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not JSON: it is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Formats JSON on one line. */
  public static String text(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Converts text, numbers, booleans, and lists and maps of them to JSON. */
  public static JsonNode node(Object plain) {
    return JSON.valueToTree(plain);
  }

  /** Converts a value as {@link #node(Object)} does, to what a client's text would be parsed to. */
  public static JsonNode parsed(Object plain) {
    try {
      return JSON.readTree(text(node(plain)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns what {@link #node(Object)} was given. */
  public static Map<String, Object> plain(ObjectNode node) {
    return JSON.convertValue(node, new TypeReference<>() {});
  }

  /** Returns the object itself. */
  public ObjectNode node() {
    return node;
  }

  /** Returns the same fields, called "option" in errors. */
  public Fields asOptions() {
    return new Fields(node, "option", warnings, images);
  }

  /** Returns other fields that share these warnings. */
  public Fields with(ObjectNode other) {
    return new Fields(other, noun, warnings, images);
  }

  /** Adds a warning for the client about a part of the request that has no effect. */
  public void warn(String sentence) {
    warnings.add(sentence);
  }

  /** Returns the warnings so far, including those of nested objects. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Remembers that the image of a text was read.
   *
   * @return whether it was read for the first time
   */
  public boolean readsImage(String text) {
    return images.add(text);
  }

  private Optional<JsonNode> get(String name) {
    return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
  }

  /** Whether the field is present and not null. */
  public boolean has(String name) {
    return get(name).isPresent();
  }

  private FieldException wrong(String name, String expected, JsonNode found) {
    String text = found.toString();
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new FieldException(
        name, "%s '%s' must be %s: %s".formatted(noun, name, expected, shown));
  }

  /**
   * Runs a setter.
   *
   * @throws FieldException if the setter refuses the value; the message names the field
   */
  public void set(String name, Runnable setter) {
    try {
      setter.run();
    } catch (FieldException e) {
      throw e;
    } catch (SettingException e) {
      throw new FieldException(name, e.messageFor("%s '%s'".formatted(noun, name)), e);
    } catch (IllegalArgumentException e) {
      throw new FieldException(name, String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns a string. */
  public Optional<String> text(String name) {
    Optional<JsonNode> value = get(name);
    if (value.isPresent() && !value.get().isTextual()) {
      throw wrong(name, "a string", value.get());
    }
    return value.map(JsonNode::textValue);
  }

  /** Returns a string unless it is blank. */
  public Optional<String> name(String name) {
    return text(name).filter(text -> !text.isBlank());
  }

  /** Sets a string unless it is missing or blank. */
  public void ifName(String name, Consumer<String> setter) {
    name(name).ifPresent(text -> set(name, () -> setter.accept(text)));
  }

  /** Returns a number. */
  public OptionalDouble number(String name) {
    Optional<JsonNode> value = get(name);
    if (value.isEmpty() || (value.get().isTextual() && value.get().textValue().isBlank())) {
      return OptionalDouble.empty();
    }
    JsonNode found = value.get();
    if (found.isNumber()) {
      return OptionalDouble.of(found.doubleValue());
    }
    try {
      if (found.isTextual()) {
        return OptionalDouble.of(Double.parseDouble(found.textValue().strip()));
      }
    } catch (NumberFormatException e) {
      throw wrong(name, "a number", found);
    }
    throw wrong(name, "a number", found);
  }

  /** Sets a number if it is present. */
  public void ifNumber(String name, DoubleConsumer setter) {
    number(name).ifPresent(value -> set(name, () -> setter.accept(value)));
  }

  /** Sets a 32-bit integer if it is present. */
  public void ifWhole(String name, IntConsumer setter) {
    if (number(name).isPresent()) {
      int value = whole(name, 0);
      set(name, () -> setter.accept(value));
    }
  }

  /** Returns an integer. */
  public OptionalLong whole(String name) {
    OptionalDouble number = number(name);
    if (number.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode found = node.get(name);
    if (found.isIntegralNumber() && found.canConvertToLong()) {
      return OptionalLong.of(found.longValue());
    }
    if (number.getAsDouble() != Math.rint(number.getAsDouble())
        || Math.abs(number.getAsDouble()) > 1L << 53) {
      throw wrong(name, "a whole number", found);
    }
    return OptionalLong.of((long) number.getAsDouble());
  }

  /** Returns a 32-bit integer or a default. */
  public int whole(String name, int otherwise) {
    long value = whole(name).orElse(otherwise);
    if (value != (int) value) {
      throw wrong(name, "a whole number of at most 32 bits", node.get(name));
    }
    return (int) value;
  }

  /** Returns a boolean or a default. */
  public boolean flag(String name, boolean otherwise) {
    Optional<JsonNode> value = get(name);
    if (value.isEmpty()) {
      return otherwise;
    }
    return switch (value.get().asText()) {
      case "true", "1" -> true;
      case "false", "0", "" -> false;
      default -> throw wrong(name, "true or false", value.get());
    };
  }

  /** Returns an array of strings; empty if the field is missing. */
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : elements(name)) {
      if (!element.isTextual()) {
        throw wrong(name, "a list of strings", element);
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /** Returns an array of numbers; empty if the field is missing. */
  public List<Double> numbers(String name) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : elements(name)) {
      if (!element.isNumber()) {
        throw wrong(name, "a list of numbers", element);
      }
      numbers.add(element.doubleValue());
    }
    return numbers;
  }

  /**
   * Returns the lower and the upper limit of a range, a list of two numbers or a text such as
   * {@code 0.28, 5.42}; an upper limit of null is infinite.
   */
  public List<Double> pair(String name) {
    Optional<JsonNode> value = get(name);
    List<String> texts =
        value.filter(JsonNode::isTextual).isPresent()
            ? Arrays.asList(value.get().textValue().split(",", -1))
            : elements(name).stream().map(JsonNode::asText).toList();
    try {
      if (texts.size() == 2) {
        double upper =
            texts.get(1).equals("null") ? Double.POSITIVE_INFINITY : Decimals.parse(texts.get(1));
        return List.of(Decimals.parse(texts.get(0)), upper);
      }
    } catch (IllegalArgumentException e) {
      throw wrong(name, "a list of two numbers", value.get());
    }
    throw wrong(name, "a list of two numbers", value.get());
  }

  /** Sets a list of 32-bit integers, or a text such as {@code 7, 8, 9}, if it is present. */
  public void ifWholes(String name, Consumer<List<Integer>> setter) {
    Optional<JsonNode> value = get(name);
    if (value.isEmpty()) {
      return;
    }
    List<String> texts =
        value.get().isTextual()
            ? Arrays.stream(value.get().textValue().split(",", -1)).map(String::strip).toList()
            : elements(name).stream().map(JsonNode::asText).toList();
    List<Integer> numbers = new ArrayList<>();
    for (String text : texts.equals(List.of("")) ? List.<String>of() : texts) {
      try {
        numbers.add(Integer.parseInt(text));
      } catch (NumberFormatException e) {
        throw wrong(name, "a list of whole numbers", value.get());
      }
    }
    set(name, () -> setter.accept(numbers));
  }

  /** Returns an array of objects; empty if the field is missing. */
  public List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (JsonNode element : elements(name)) {
      if (!(element instanceof ObjectNode object)) {
        throw wrong(name, "a list of objects", element);
      }
      objects.add(new Fields(object, "field", warnings, images));
    }
    return objects;
  }

  /**
   * Checks the number of elements before they are read.
   *
   * @param what the name of the elements, for the message
   * @throws IllegalArgumentException if there are too many elements
   */
  public static void requireFew(String name, int found, String what, int most) {
    if (found > most) {
      throw new IllegalArgumentException(
          "field '%s' has %s %s; the limit is %s".formatted(name, found, what, most));
    }
  }

  /** Returns an array; empty if the field is missing. */
  public List<JsonNode> elements(String name) {
    Optional<JsonNode> value = get(name);
    if (value.isEmpty()) {
      return List.of();
    }
    if (!(value.get() instanceof ArrayNode array)) {
      throw wrong(name, "a list", value.get());
    }
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  /** Returns an object; an empty one if the field is missing. */
  public Fields object(String name) {
    Optional<JsonNode> value = get(name);
    if (value.isEmpty()) {
      return new Fields(object(), "field", warnings, images);
    }
    if (!(value.get() instanceof ObjectNode object)) {
      throw wrong(name, "an object", value.get());
    }
    return new Fields(object, "field", warnings, images);
  }

  /** Returns the names of all fields. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
