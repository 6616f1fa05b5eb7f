package dev.sdlora.api.setting;

import dev.sdlora.api.value.Decimals;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Plain values as users write them: numbers, flags, names, and lists separated by commas. */
final class PlainTexts {
  private static final String EMPTY_LIST = "none";

  private PlainTexts() {}

  /**
   * Returns the plain value of a text.
   *
   * @throws IllegalArgumentException if it is none of a kind
   */
  static Object parse(Kind<?> kind, String text) {
    return switch (kind.type()) {
      case NUMBER -> decimal(text);
      case WHOLE_NUMBER -> wholeNumber(text);
      case FLAG -> flag(text);
      case CHOICE, TEXT, FILE -> text;
      case LIST -> list(kind.element().orElseThrow(), text);
      case OBJECT -> Map.of(soleText(kind).orElseThrow(() -> notAText(text)), text);
      default -> throw notAText(text);
    };
  }

  private static IllegalArgumentException notAText(String text) {
    return new IllegalArgumentException("must not be a text: '%s'".formatted(text));
  }

  /** Returns the name of the text that is all an object needs, such as the name of an upscaler. */
  private static Optional<String> soleText(Kind<?> kind) {
    List<Setting<?, ?, ?>> required =
        kind.group().stream()
            .<Setting<?, ?, ?>>flatMap(one -> one.settings().stream())
            .filter(Setting::isRequired)
            .toList();
    return required.size() == 1 && required.get(0).kind().type() == Kind.Type.TEXT
        ? Optional.of(required.get(0).name())
        : Optional.empty();
  }

  private static double decimal(String text) {
    try {
      return Decimals.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must be a number such as 0.8: '" + text + "'", e);
    }
  }

  private static long wholeNumber(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be a whole number: '" + text + "'", e);
    }
  }

  private static boolean flag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false: '%s'".formatted(text));
    };
  }

  private static List<Object> list(Kind<?> kind, String text) {
    if (text.strip().equals(EMPTY_LIST)) {
      return List.of();
    }
    try {
      return Arrays.stream(text.split(",", -1)).map(one -> parse(kind, one)).toList();
    } catch (IllegalArgumentException e) {
      String what = kind.type() == Kind.Type.WHOLE_NUMBER ? "whole numbers" : "values";
      throw new IllegalArgumentException(
          "must be %s separated by commas, or none: '%s'".formatted(what, text), e);
    }
  }

  /** Returns the text of a plain value. */
  static String format(Object plain) {
    if (plain instanceof Double number) {
      return Decimals.text(number);
    }
    if (plain instanceof List<?> list) {
      return list.isEmpty()
          ? EMPTY_LIST
          : list.stream().map(PlainTexts::format).collect(Collectors.joining(","));
    }
    if (plain instanceof Map<?, ?> object && object.size() == 1) {
      return format(object.values().iterator().next());
    }
    return plain.toString();
  }
}
