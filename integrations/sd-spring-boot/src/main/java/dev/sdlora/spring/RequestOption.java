package dev.sdlora.spring;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.TypeDescriptor;

/**
 * An option of a request.
 *
 * @param property the property without {@code sdlora.}, such as {@code cfg-scale}
 * @param type the type of values
 * @param meaning one sentence
 * @param usual the default, unless there is none or it depends
 */
record RequestOption(String property, ResolvableType type, String meaning, Optional<Object> usual) {
  private static final Pattern SECOND_WORD = Pattern.compile("-([a-z0-9])");

  RequestOption(String property, Class<?> type, String meaning) {
    this(property, ResolvableType.forClass(type), meaning, Optional.empty());
  }

  /** Returns the name in {@link SdLoraImageOptions}, such as {@code cfgScale}. */
  String name() {
    return nameOf(property);
  }

  static String nameOf(String property) {
    return SECOND_WORD.matcher(property).replaceAll(word -> upper(word.group(1)));
  }

  private static String upper(String letter) {
    return String.valueOf(Character.toUpperCase(letter.charAt(0)));
  }

  /** Returns whether properties below this one, such as {@code skip-layers[0]}, are parts of it. */
  boolean hasParts() {
    Class<?> raw = type.toClass();
    return raw == List.class || raw == Map.class;
  }

  /**
   * Converts a value as Spring Boot converts properties.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  Object convert(Object value) {
    // Text, because numbers would lose their fraction.
    Object from = value instanceof Number ? value.toString() : value;
    try {
      Object converted =
          ApplicationConversionService.getSharedInstance()
              .convert(from, TypeDescriptor.forObject(from), new TypeDescriptor(type, null, null));
      if (converted != null) {
        return copy(converted);
      }
    } catch (ConversionException e) {
      throw new IllegalArgumentException(invalid(value), e);
    }
    throw new IllegalArgumentException(invalid(value));
  }

  private static Object copy(Object value) {
    if (value instanceof List<?> list) {
      return List.copyOf(list);
    }
    return value instanceof Map<?, ?> map
        ? Collections.unmodifiableMap(new LinkedHashMap<>(map))
        : value;
  }

  private String invalid(Object value) {
    Object[] constants = type.toClass().getEnumConstants();
    String expected =
        constants == null
            ? "be of the type " + type.toClass().getSimpleName()
            : "be one of " + List.of(constants);
    return "%s must %s: '%s'".formatted(name(), expected, value);
  }
}
