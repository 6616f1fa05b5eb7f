package dev.sdlora.cli;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.Decimals;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * {@code NETWORK,PICTURE[,WEIGHT[,START,END]]} as an option has it.
 *
 * @param network a path, or where it is published
 * @param settings all else, with any network
 */
record ControlArgument(String network, ControlUnit settings) {
  /**
   * Reads it, and the image.
   *
   * @throws IllegalArgumentException if it has another form or a number is out of range
   * @throws dev.sdlora.api.error.ImageFileException if the image cannot be read
   */
  static ControlArgument parse(String text) {
    String[] parts = text.split(",", -1);
    boolean rightNumber = parts.length == 2 || parts.length == 3 || parts.length == 5;
    double[] numbers;
    try {
      numbers = Stream.of(parts).skip(2).mapToDouble(Decimals::parse).toArray();
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
    if (!rightNumber) {
      throw wrong(text);
    }
    ControlUnit.Builder unit =
        ControlUnit.builder(Path.of("any"), Image.read(Path.of(parts[1].strip())));
    if (numbers.length > 0) {
      unit.weight(numbers[0]);
    }
    if (numbers.length > 1) {
      unit.range(numbers[1], numbers[2]);
    }
    return new ControlArgument(parts[0].strip(), unit.build());
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "must be NETWORK,PICTURE[,WEIGHT[,START,END]]: '" + text + "'");
  }

  /** The unit, whose network is gotten if it is not here. */
  ControlUnit unit(Console console) {
    return ControlUnit.builder(PublishedFile.path(network, console), settings.image())
        .weight(settings.weight())
        .range(settings.start(), settings.end())
        .build();
  }
}
