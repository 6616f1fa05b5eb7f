package dev.sdlora.benchmarks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The command line of a tool: one file, and options that are whole numbers.
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
   * Reads a command line.
   *
   * @param usage what the tool expects, for the message
   * @param defaults the options with the values that they have when left out
   * @throws IllegalArgumentException if the command line is not as expected
   */
  static Arguments parse(String[] words, String usage, Map<String, Integer> defaults) {
    if (words.length % 2 == 0 || words[0].startsWith("-")) {
      throw new IllegalArgumentException("usage: " + usage);
    }
    Map<String, Integer> numbers = new HashMap<>(defaults);
    for (int i = 1; i < words.length; i += 2) {
      if (numbers.replace(words[i], Integer.valueOf(words[i + 1])) == null) {
        throw new IllegalArgumentException("no option " + words[i] + "; usage: " + usage);
      }
    }
    return new Arguments(Path.of(words[0]), numbers);
  }

  /** The value of an option. */
  int number(String option) {
    Integer value = numbers.get(option);
    if (value == null) {
      throw new IllegalArgumentException("no option " + option);
    }
    return value;
  }
}
