package dev.sdlora.benchmarks;

import dev.sdlora.tensors.torch.ScalarType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The command line of a tool: one file, and options with integer values.
 *
 * @param file the file
 * @param numbers the value of every option, such as {@code --seed}
 */
record Arguments(Path file, Map<String, Integer> numbers) {

  /** Copies the map. */
  Arguments {
    numbers = Map.copyOf(numbers);
  }

  /**
   * Parses a command line.
   *
   * @param words the arguments
   * @param usage the usage text for error messages
   * @param defaults the options with their default values
   * @throws IllegalArgumentException if the command line is invalid
   */
  static Arguments parse(String[] words, String usage, Map<String, Integer> defaults) {
    if (words.length % 2 == 0 || words[0].startsWith("-")) {
      throw new IllegalArgumentException("usage: " + usage);
    }
    Map<String, Integer> numbers = new HashMap<>(defaults);
    for (int i = 1; i < words.length; i += 2) {
      if (numbers.replace(words[i], number(words[i], words[i + 1])) == null) {
        throw new IllegalArgumentException("no option " + words[i] + "; usage: " + usage);
      }
    }
    return new Arguments(Path.of(words[0]), numbers);
  }

  private static int number(String option, String written) {
    try {
      return Integer.parseInt(written);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          option + " must be a whole number: \"" + written + "\"", e);
    }
  }

  /** Returns the dtype selected by {@code --bits}. */
  ScalarType type() {
    return switch (number("--bits")) {
      case 16 -> ScalarType.BFLOAT16;
      case 32 -> ScalarType.FLOAT32;
      default -> throw new IllegalArgumentException("--bits must be 16 or 32: " + number("--bits"));
    };
  }

  /** Returns the name of a dtype in figures. */
  static String name(ScalarType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /** Whether an option with the values 0 and 1 is 1. */
  boolean isOn(String option) {
    return number(option) > 0;
  }

  /** Returns the value of an option. */
  int number(String option) {
    Integer value = numbers.get(option);
    if (value == null) {
      throw new IllegalArgumentException("no option " + option);
    }
    return value;
  }
}
