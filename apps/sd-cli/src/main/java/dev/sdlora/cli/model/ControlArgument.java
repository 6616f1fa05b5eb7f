package dev.sdlora.cli.model;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.cli.console.Console;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A ControlNet option value, {@code NETWORK,IMAGE[,WEIGHT[,START,END]]}.
 *
 * @param network a path or a reference to a published file
 * @param settings the other settings, with a placeholder network
 */
public record ControlArgument(String network, ControlUnit settings) {
  /**
   * Parses a value and reads its image.
   *
   * @throws IllegalArgumentException if the form is wrong or a number is out of range
   * @throws dev.sdlora.api.error.ImageFileException if the image cannot be read
   */
  public static ControlArgument parse(String text) {
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
        "must be NETWORK,IMAGE[,WEIGHT[,START,END]]: '" + text + "'");
  }

  /** Returns the unit; downloads its network if needed. */
  public ControlUnit unit(Console console) {
    return ControlUnit.builder(PublishedFile.path(network, console), settings.image())
        .weight(settings.weight())
        .range(settings.start(), settings.end())
        .build();
  }
}
