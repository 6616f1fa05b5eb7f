package dev.sdlora.cli.model;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImagePrompt.WeightType;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image prompt, {@code IMAGE[:WEIGHT[:TYPE]]}.
 *
 * @param image the file of the image
 * @param weight 0 to 3
 * @param type the distribution of the weight
 */
public record ImagePromptArgument(Path image, double weight, WeightType type) {
  private static final Pattern FORM =
      Pattern.compile("(.+?)(?::(\\d*\\.?\\d+)(?::([A-Za-z][A-Za-z _-]*))?)?");

  /**
   * Parses a value.
   *
   * @throws IllegalArgumentException if the weight is out of range or the type is unknown
   */
  public static ImagePromptArgument parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException("must be IMAGE[:WEIGHT[:TYPE]]: '" + text + "'");
    }
    double weight = Optional.ofNullable(parts.group(2)).map(Decimals::parse).orElse(1.0);
    return new ImagePromptArgument(
        Path.of(parts.group(1)),
        Checks.inRange(0, 3, weight, "image prompt weight"),
        Optional.ofNullable(parts.group(3)).map(WeightType::parse).orElse(WeightType.LINEAR));
  }

  /**
   * Reads the image and returns the prompt for an adapter.
   *
   * @throws dev.sdlora.api.error.ImageFileException if the image cannot be read
   */
  public ImagePrompt prompt(Path adapter) {
    return ImagePrompt.of(adapter, Image.read(image)).withWeight(weight).withWeightType(type);
  }
}
