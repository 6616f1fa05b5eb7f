package dev.sdlora.cli.model;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImagePrompt.EmbedsScaling;
import dev.sdlora.api.image.ImagePrompt.WeightType;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.Nearest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An image prompt, {@code IMAGE[:WEIGHT[,START,END][:TYPE]][:scaling=SCALING][:mask=REGION]}.
 *
 * @param image the file of the image
 * @param weight 0 to 3
 * @param start the fraction of the steps before which the prompt does not act
 * @param end the fraction of the steps after which the prompt does not act
 * @param type the distribution of the weight
 * @param scaling what the weight scales
 * @param region the name of the region on which the prompt acts; empty for the whole image
 */
public record ImagePromptArgument(
    Path image,
    double weight,
    double start,
    double end,
    WeightType type,
    EmbedsScaling scaling,
    Optional<String> region) {
  public static final String LABEL =
      "IMAGE[:WEIGHT[,START,END][:TYPE]][:scaling=SCALING][:mask=REGION]";

  private static final Pattern FORM =
      Pattern.compile(
          "(?<image>.+?)(?::(?<numbers>[\\d.,]+)(?::(?<type>[A-Za-z][A-Za-z _-]*))?)?"
              + "(?::scaling=(?<scaling>[^:]*))?(?::mask=(?<region>[^:]*))?");

  /**
   * Parses a value.
   *
   * @throws IllegalArgumentException if the form is wrong, a number is out of range, or the type or
   *     the scaling is unknown
   */
  public static ImagePromptArgument parse(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      throw wrong(text);
    }
    double[] numbers = numbers(Optional.ofNullable(parts.group("numbers")).orElse("1"), text);
    double start = numbers.length == 3 ? numbers[1] : 0;
    double end = numbers.length == 3 ? numbers[2] : 1;
    return new ImagePromptArgument(
        Path.of(parts.group("image")),
        Checks.inRange(0, 3, numbers[0], "image prompt weight"),
        Checks.inRange(0, 1, start, "image prompt start"),
        Checks.inRange(start, 1, end, "image prompt end"),
        Optional.ofNullable(parts.group("type")).map(WeightType::parse).orElse(WeightType.LINEAR),
        Optional.ofNullable(parts.group("scaling"))
            .map(EmbedsScaling::parse)
            .orElse(EmbedsScaling.V_ONLY),
        Optional.ofNullable(parts.group("region")));
  }

  private static double[] numbers(String list, String text) {
    String[] parts = list.split(",", -1);
    if (parts.length != 1 && parts.length != 3) {
      throw wrong(text);
    }
    try {
      return Stream.of(parts).mapToDouble(Decimals::parse).toArray();
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException("must be " + LABEL + ": '" + text + "'");
  }

  /**
   * Reads the image and returns the prompt for an adapter.
   *
   * @param regions the masks of the request by name
   * @throws IllegalArgumentException if the region is unknown
   * @throws dev.sdlora.api.error.ImageFileException if the image cannot be read
   */
  public ImagePrompt prompt(Path adapter, Map<String, RegionMask> regions) {
    Optional<RegionMask> mask = region.map(name -> mask(name, regions));
    ImagePrompt prompt =
        ImagePrompt.of(adapter, Image.read(image))
            .withWeight(weight)
            .withRange(start, end)
            .withWeightType(type)
            .withEmbedsScaling(scaling);
    return mask.map(prompt::withMask).orElse(prompt);
  }

  private static RegionMask mask(String name, Map<String, RegionMask> regions) {
    RegionMask mask = regions.get(name);
    if (mask == null) {
      String known =
          regions.isEmpty()
              ? "name one by --region " + name + "=MASK"
              : "known regions: " + String.join(", ", new TreeSet<>(regions.keySet()));
      throw new IllegalArgumentException(
          "region '%s' is unknown; %s%s"
              .formatted(name, known, Nearest.question(name, regions.keySet())));
    }
    return mask;
  }
}
