package dev.sdlora.api.setting;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Nearest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The kind of a setting's values: their type, their range, and how they are converted to plain
 * values and back. Plain values are those of JSON: {@link String}, {@link Boolean}, {@link Long},
 * {@link Double}, lists of them, and maps from names to them.
 *
 * @param <T> the type of the values
 */
public final class Kind<T> {
  /** The types of values. */
  public enum Type {
    NUMBER,
    WHOLE_NUMBER,
    FLAG,
    CHOICE,
    TEXT,
    LIST,
    MAP,
    IMAGE,
    FILE,
    LORA,
    OBJECT
  }

  /** Converts in one direction. */
  @FunctionalInterface
  interface Conversion<F, T> {
    T convert(F from, Attachments attachments);
  }

  /** Longest value shown in a message, in characters. */
  private static final int MOST_SHOWN = 100;

  /** The largest number below 1. */
  public static final double BELOW_1 = Math.nextDown(1.0);

  private final Shape shape;
  private final Conversion<T, Object> write;
  private final Conversion<Object, T> read;

  private Kind(Shape shape, Conversion<T, Object> write, Conversion<Object, T> read) {
    this.shape = shape;
    this.write = write;
    this.read = read;
  }

  /** Everything about a kind but its conversions. */
  private record Shape(
      Type type,
      double least,
      double most,
      List<String> choices,
      Optional<Kind<?>> element,
      Optional<Group<?, ?>> group) {

    static Shape of(Type type) {
      return in(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, type);
    }

    static Shape in(double least, double most, Type type) {
      return new Shape(type, least, most, List.of(), Optional.empty(), Optional.empty());
    }

    static Shape choice(List<String> labels) {
      return new Shape(Type.CHOICE, 0, 0, labels, Optional.empty(), Optional.empty());
    }

    static Shape of(Type type, Kind<?> element) {
      return new Shape(type, 0, 0, List.of(), Optional.of(element), Optional.empty());
    }

    static Shape of(Group<?, ?> group) {
      return new Shape(Type.OBJECT, 0, 0, List.of(), Optional.empty(), Optional.of(group));
    }
  }

  /** Numbers in a range, the limits included. */
  public static Kind<Double> number(double least, double most) {
    return new Kind<>(
        Shape.in(least, most, Type.NUMBER), (value, a) -> value, (plain, a) -> number(plain));
  }

  /** Whole numbers in a range, the limits included. */
  public static Kind<Integer> whole(int least, int most) {
    return new Kind<>(
        Shape.in(least, most, Type.WHOLE_NUMBER),
        (value, a) -> value.longValue(),
        (plain, a) -> wholeInt(plain));
  }

  /** Whole numbers of 64 bits. */
  public static Kind<Long> wholeLong() {
    return new Kind<>(
        Shape.in(Long.MIN_VALUE, Long.MAX_VALUE, Type.WHOLE_NUMBER),
        (value, a) -> value,
        (plain, a) -> whole(plain));
  }

  /** True or false. */
  public static Kind<Boolean> flag() {
    return new Kind<>(
        Shape.of(Type.FLAG),
        (value, a) -> value,
        (plain, a) -> require(Boolean.class, "true or false", plain));
  }

  /** Any text. */
  public static Kind<String> text() {
    return written(Function.identity(), Function.identity());
  }

  /**
   * Values that are written as text.
   *
   * @param write formats a value
   * @param read parses a value
   */
  public static <T> Kind<T> written(Function<T, String> write, Function<String, T> read) {
    return new Kind<>(
        Shape.of(Type.TEXT),
        (value, a) -> write.apply(value),
        (plain, a) -> read.apply(require(String.class, "a text", plain)));
  }

  /**
   * One of several values.
   *
   * @param values all of them
   * @param label returns the name of a value
   * @param parse finds a value by its name
   */
  public static <T> Kind<T> choice(
      List<T> values, Function<T, String> label, Function<String, T> parse) {
    return new Kind<>(
        Shape.choice(values.stream().map(label).toList()),
        (value, a) -> label.apply(value),
        (plain, a) -> parse.apply(require(String.class, "a name", plain)));
  }

  /** One of an enum's constants, named in lower case: {@code uni_pc} for {@code UNI_PC}. */
  public static <E extends Enum<E>> Kind<E> constant(Class<E> type) {
    return constant(List.of(type.getEnumConstants()));
  }

  /** One of some constants of an enum, named in lower case. */
  public static <E extends Enum<E>> Kind<E> constant(List<E> values) {
    return choice(values, Kind::lowerCase, name -> constant(values, name));
  }

  private static String lowerCase(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E constant(List<E> values, String name) {
    List<String> names = values.stream().map(Kind::lowerCase).toList();
    return values.stream()
        .filter(value -> value.name().equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must be one of %s: '%s'".formatted(String.join(", ", names), shorter(name))
                        + Nearest.question(name, names)));
  }

  /** Lists of values of another kind. */
  public static <T> Kind<List<T>> list(Kind<T> element) {
    return new Kind<>(
        Shape.of(Type.LIST, element),
        (values, a) -> values.stream().map(value -> element.write(value, a)).toList(),
        (plain, a) -> {
          List<T> values = new ArrayList<>();
          for (Object one : require(List.class, "a list", plain)) {
            values.add(element.read("[" + values.size() + "]", one, a));
          }
          return List.copyOf(values);
        });
  }

  /** Maps from names to values of another kind, in the order of insertion. */
  static <T> Kind<Map<String, T>> map(Kind<T> element) {
    return new Kind<>(
        Shape.of(Type.MAP, element),
        (values, a) -> {
          Map<String, Object> plain = new LinkedHashMap<>();
          values.forEach((name, value) -> plain.put(name, element.write(value, a)));
          return plain;
        },
        (plain, a) -> {
          Map<String, T> values = new LinkedHashMap<>();
          names(plain)
              .forEach(
                  (name, value) ->
                      values.put(name, element.read("[" + shown(name) + "]", value, a)));
          return values;
        });
  }

  /** Images. */
  static Kind<Image> image() {
    return new Kind<>(
        Shape.of(Type.IMAGE), (value, a) -> a.ofImage(value), (plain, a) -> a.image(plain));
  }

  /** Paths of files and folders. */
  public static Kind<Path> file() {
    return new Kind<>(
        Shape.of(Type.FILE), (value, a) -> a.ofFile(value), (plain, a) -> a.file(plain));
  }

  /** LoRAs without strength and mask. */
  static Kind<LoraAdapter> lora() {
    return new Kind<>(
        Shape.of(Type.LORA), (value, a) -> a.ofLora(value), (plain, a) -> a.lora(plain));
  }

  /** Values that consist of settings of their own. */
  public static <O> Kind<O> object(Group<O, ?> group) {
    return new Kind<>(Shape.of(group), group::write, group::read);
  }

  /**
   * Returns a kind with the same plain values for another type.
   *
   * @param from converts a value of the other type
   * @param to converts it back
   */
  public <U> Kind<U> as(Function<U, T> from, Function<T, U> to) {
    return new Kind<>(
        shape, (value, a) -> write(from.apply(value), a), (plain, a) -> to.apply(read(plain, a)));
  }

  /** {@return the type of the values} */
  public Type type() {
    return shape.type;
  }

  /** {@return the smallest valid number, for numbers; negative infinity if there is none} */
  public double least() {
    return shape.least;
  }

  /** {@return the largest valid number, for numbers; infinity if there is none} */
  public double most() {
    return shape.most;
  }

  /** {@return the names of all values of a choice; empty for other kinds} */
  public List<String> choices() {
    return shape.choices;
  }

  /** {@return the kind of the values in a list or map; empty for other kinds} */
  public Optional<Kind<?>> element() {
    return shape.element;
  }

  /** {@return the settings of an object; empty for other kinds} */
  public Optional<Group<?, ?>> group() {
    return shape.group;
  }

  /**
   * Converts a value.
   *
   * @param value a valid value
   * @param attachments converts images, files and LoRAs
   * @return the plain value
   */
  public Object write(T value, Attachments attachments) {
    return write.convert(value, attachments);
  }

  /** Converts a value without images and LoRAs. */
  public Object write(T value) {
    return write(value, new NoAttachments());
  }

  /**
   * Converts a plain value back.
   *
   * @param plain the plain value, of any kind
   * @param attachments converts images, files and LoRAs
   * @return the value; its range is checked where it is set
   * @throws IllegalArgumentException if the plain value is of another type; the message is the end
   *     of a sentence that begins with the name of the setting
   */
  public T read(Object plain, Attachments attachments) {
    return read.convert(plain, attachments);
  }

  private T read(String place, Object plain, Attachments attachments) {
    try {
      return read(plain, attachments);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new InvalidSettingException(place, e);
    }
  }

  /**
   * Converts a plain value; that of an object changes the given settings of another value.
   *
   * @param value the value to change; empty for the defaults
   * @throws IllegalArgumentException if the plain value is invalid
   */
  @SuppressWarnings("unchecked") // an object's group makes values of its type
  public T change(Optional<T> value, Object plain) {
    if (shape.type != Type.OBJECT) {
      return read(plain, new NoAttachments());
    }
    Group<T, ?> own = (Group<T, ?>) shape.group.orElseThrow();
    return own.change(value, names(plain), new NoAttachments());
  }

  /**
   * Parses a value as users write it.
   *
   * @param text a number, {@code true} or {@code false}, a name, a text, or a list of them
   *     separated by commas; {@code none} is an empty list; for an object, the text that it
   *     requires
   * @return the value; its range is checked where it is set
   * @throws IllegalArgumentException if the text is none of these, or the kind has no text form;
   *     the message is the end of a sentence that begins with the name of the setting
   */
  public T parse(String text) {
    try {
      return read(PlainTexts.parse(this, text), Attachments.NONE);
    } catch (InvalidSettingException e) { // The text is not a list to the user.
      throw new IllegalArgumentException(e.reason().getMessage(), e);
    }
  }

  /**
   * Checks that a number is in the range and that a list of numbers is not empty; values of other
   * types are always valid.
   *
   * @param name the name of the setting, for the message
   * @return the value
   * @throws dev.sdlora.api.value.SettingException if it is out of range
   */
  public T require(T value, String name) {
    if (value instanceof Integer number && shape.most < Integer.MAX_VALUE) {
      Checks.inRange((int) shape.least, (int) shape.most, number, name);
    } else if (value instanceof Integer number) {
      Checks.atLeast((int) shape.least, number, name);
    } else if (value instanceof Double number) {
      requireNumber(number, name);
    } else if (value instanceof List<?> list && shape.element.orElseThrow().type() == Type.NUMBER) {
      Checks.require(!list.isEmpty(), name, "not be empty", list);
      list.forEach(one -> Checks.finite((Double) one, name));
    }
    return value;
  }

  private void requireNumber(double value, String name) {
    if (shape.most == BELOW_1) {
      String from = shape.least > 0 ? "above 0" : "at least 0";
      Checks.require(value >= shape.least && value < 1, name, "be " + from + " and below 1", value);
    } else if (shape.least == Double.MIN_VALUE) {
      Checks.positive(value, name);
    } else if (Double.isInfinite(shape.least)) {
      Checks.finite(value, name);
    } else if (Double.isInfinite(shape.most)) {
      Checks.require(
          value >= shape.least && Double.isFinite(value), name, "be at least 0 and finite", value);
    } else {
      Checks.inRange(shape.least, shape.most, value, name);
    }
  }

  /** Returns the text that {@link #parse} reads. */
  public String format(T value) {
    return PlainTexts.format(write(value, Attachments.NONE));
  }

  private static double number(Object plain) {
    double number = require(Number.class, "a number", plain).doubleValue();
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("must be a finite number: " + plain);
    }
    return number;
  }

  private static long whole(Object plain) {
    Number number = require(Number.class, "a whole number", plain);
    if (number.doubleValue() != number.longValue()) {
      throw new IllegalArgumentException("must be a whole number: " + plain);
    }
    return number.longValue();
  }

  private static int wholeInt(Object plain) {
    long number = whole(plain);
    if (number != (int) number) {
      throw new IllegalArgumentException(
          "must be from %s to %s: %s".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE, plain));
    }
    return (int) number;
  }

  /** Returns a plain object as a map from names. */
  static Map<String, Object> names(Object plain) {
    Map<String, Object> map = new LinkedHashMap<>();
    Map<?, ?> entries = require(Map.class, "an object", plain);
    entries.forEach((name, value) -> map.put(String.valueOf(name), value));
    return map;
  }

  private static <T> T require(Class<T> type, String what, @Nullable Object plain) {
    if (plain == null || !type.isInstance(plain)) {
      throw new IllegalArgumentException("must be %s: %s".formatted(what, shown(plain)));
    }
    return type.cast(plain);
  }

  private static String shown(@Nullable Object plain) {
    return shorter(plain instanceof String ? "'" + plain + "'" : String.valueOf(plain));
  }

  private static String shorter(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
  }
}
