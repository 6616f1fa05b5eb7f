package dev.sdlora.cli.model;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.cli.console.Console;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A ControlNet option value, {@code
 * NETWORK[:union=TYPE],[PREPROCESSOR:]IMAGE[,WEIGHT[,START,END]]}, where the type is that of the
 * image for a ControlNet Union, and the preprocessor is {@code
 * NAME[=NUMBER[/NUMBER]][@RESOLUTION]}.
 *
 * @param network a path or a reference to a published file
 * @param settings the other settings, with a placeholder network
 */
public record ControlArgument(String network, ControlUnit settings) {
  /** A single letter before the colon is a Windows drive. */
  private static final Pattern PREPROCESSED =
      Pattern.compile(
          "(?<name>[A-Za-z][\\w"
              + " +-]+)(=(?<numbers>[\\d./]+))?(@(?<resolution>\\d{1,9}))?:(?<file>.+)");

  private static final Pattern TYPED = Pattern.compile("(?<network>.+):union=(?<type>[^:=/]*)");

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
    ControlUnit.Builder unit = image(parts[1].strip());
    if (numbers.length > 0) {
      unit.weight(numbers[0]);
    }
    if (numbers.length > 1) {
      unit.range(numbers[1], numbers[2]);
    }
    Matcher typed = TYPED.matcher(parts[0].strip());
    if (typed.matches()) {
      unit.unionType(typed.group("type"));
    }
    return new ControlArgument(
        typed.matches() ? typed.group("network") : parts[0].strip(), unit.build());
  }

  /** Reads the image and its preprocessor, unless a file has that name. */
  private static ControlUnit.Builder image(String text) {
    Matcher matcher = PREPROCESSED.matcher(text);
    if (Files.isRegularFile(Path.of(text)) || !matcher.matches()) {
      return ControlUnit.builder(Path.of("any"), Image.read(Path.of(text)));
    }
    Preprocessor preprocessor = Preprocessor.named(matcher.group("name"));
    if (matcher.group("numbers") != null) {
      preprocessor =
          preprocessor.withThresholds(
              Stream.of(matcher.group("numbers").split("/", -1))
                  .mapToDouble(Decimals::parse)
                  .toArray());
    }
    if (matcher.group("resolution") != null) {
      preprocessor = preprocessor.withResolution(Integer.parseInt(matcher.group("resolution")));
    }
    return ControlUnit.builder(Path.of("any"), Image.read(Path.of(matcher.group("file"))))
        .preprocessor(preprocessor);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "must be NETWORK[:union=TYPE],[PREPROCESSOR:]IMAGE[,WEIGHT[,START,END]]: '" + text + "'");
  }

  /** Returns the unit; downloads its network if needed. */
  public ControlUnit unit(Console console) {
    ControlUnit.Builder unit =
        ControlUnit.builder(PublishedFile.path(network, console), settings.image())
            .preprocessor(settings.preprocessor())
            .weight(settings.weight())
            .range(settings.start(), settings.end());
    settings.unionType().ifPresent(unit::unionType);
    return unit.build();
  }
}
