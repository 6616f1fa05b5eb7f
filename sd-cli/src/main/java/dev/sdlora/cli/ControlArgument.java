package dev.sdlora.cli;

import dev.sdlora.api.ControlUnit;
import dev.sdlora.api.Picture;
import java.nio.file.Path;

/**
 * {@code NETWORK,PICTURE[,WEIGHT[,START,END]]} as an option has it.
 *
 * @param network a path, or where it is published
 * @param settings all else, with any network
 */
record ControlArgument(String network, ControlUnit settings) {
  /**
   * Reads it, and the picture.
   *
   * @throws IllegalArgumentException if it has another form or a number is out of range
   * @throws dev.sdlora.api.ImageFileException if the picture cannot be read
   */
  static ControlArgument parse(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length < 2 || parts.length == 4 || parts.length > 5) {
      throw new IllegalArgumentException(
          "expected NETWORK,PICTURE[,WEIGHT[,START,END]] but found '" + text + "'");
    }
    ControlUnit.Builder unit =
        ControlUnit.builder(Path.of("any"), Picture.read(Path.of(parts[1].strip())));
    try {
      if (parts.length > 2) {
        unit.weight(Double.parseDouble(parts[2]));
      }
      if (parts.length > 3) {
        unit.range(Double.parseDouble(parts[3]), Double.parseDouble(parts[4]));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' has something else than a number: " + e.getMessage(), e);
    }
    return new ControlArgument(parts[0].strip(), unit.build());
  }

  /** The unit, whose network is gotten if it is not here. */
  ControlUnit unit(Console console) {
    return ControlUnit.builder(PublishedFile.path(network, console), settings.picture())
        .weight(settings.weight())
        .range(settings.start(), settings.end())
        .build();
  }
}
