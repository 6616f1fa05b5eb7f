package dev.sdlora.api.value;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds enum constants by the names that users write. */
public final class Labels {
  private Labels() {}

  /**
   * Normalizes a name: {@code DPM++ 2M} and {@code dpmpp-2m} have the same key.
   *
   * @param name a label, an alias or a constant's name
   * @return lower-case letters and digits
   */
  public static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replace("+", "p").replaceAll("[^a-z0-9]", "");
  }

  /**
   * Returns the labels of constants as a list in a sentence, such as {@code SD 1.x, SDXL or SD
   * 3.x}.
   *
   * @param values the constants
   * @param label returns the label of a constant
   * @param word the word before the last one
   */
  public static <E> String list(Collection<E> values, Function<E, String> label, String word) {
    String all = values.stream().map(label).collect(Collectors.joining(", "));
    return all.replaceFirst(", (?=[^,]*$)", " " + word + " ");
  }

  /**
   * Finds a constant by its label or name.
   *
   * @param values all constants
   * @param label returns the label of a constant
   * @param setting the name of the setting for error messages
   * @param name the name to find
   * @return the constant
   * @throws IllegalArgumentException if the name is unknown; the message lists the labels
   */
  public static <E extends Enum<E>> E parse(
      E[] values, Function<E, String> label, String setting, String name) {
    return parse(values, label, value -> List.of(), setting, name);
  }

  /**
   * Finds a constant by its label, an alias or its name.
   *
   * @param values all constants
   * @param label returns the label of a constant
   * @param aliases returns the alternative names of a constant
   * @param setting the name of the setting for error messages
   * @param name the name to find
   * @return the constant
   * @throws IllegalArgumentException if the name is unknown; the message lists the labels
   */
  public static <E extends Enum<E>> E parse(
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
    throw unknown(setting, name, Arrays.stream(values).map(label).toList());
  }

  /**
   * Returns the exception for a name that no constant has.
   *
   * @param setting the setting's name, for the message
   * @param name what the user wrote
   * @param known the names of all constants
   */
  public static IllegalArgumentException unknown(String setting, String name, List<String> known) {
    return new IllegalArgumentException(
        "%s '%s' is unknown; known values: %s".formatted(setting, name, String.join(", ", known))
            + Nearest.question(name, known));
  }
}
