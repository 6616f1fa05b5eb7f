package dev.sdlora.api;

import dev.sdlora.api.value.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Finds enum constants by what people write for them. */
final class Labels {
  private Labels() {}

  /** A name reduced to what tells names apart: {@code DPM++ 2M} and {@code dpmpp-2m} agree. */
  static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replace("+", "p").replaceAll("[^a-z0-9]", "");
  }

  static <E extends Enum<E>> E parse(
      E[] values, Function<E, String> label, String setting, String name) {
    return parse(values, label, value -> List.of(), setting, name);
  }

  static <E extends Enum<E>> E parse(
      E[] values,
      Function<E, String> label,
      Function<E, List<String>> aliases,
      String setting,
      String name) {
    String wanted = key(name);
    for (E value : values) {
      if (wanted.equals(key(value.name()))
          || wanted.equals(key(label.apply(value)))
          || aliases.apply(value).stream().map(Labels::key).anyMatch(wanted::equals)) {
        return value;
      }
    }
    List<String> known = Arrays.stream(values).map(label).toList();
    throw new IllegalArgumentException(
        setting
            + " '"
            + name
            + "' is not known; the known ones are "
            + String.join(", ", known)
            + Nearest.question(name, known));
  }
}
