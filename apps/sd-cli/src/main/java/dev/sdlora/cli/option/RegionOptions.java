package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options that name regions of the image for prompts. */
@Heading(
    value = "Regions",
    basic = {})
final class RegionOptions {
  private static final String NUMBER = "\\s*([0-9]*\\.?[0-9]+)\\s*";
  private static final Pattern RECTANGLE =
      Pattern.compile(NUMBER + "," + NUMBER + "," + NUMBER + "," + NUMBER);

  @Option(
      names = "--region",
      paramLabel = "NAME=MASK",
      description =
          "Name a region for <lora:x:0.8:mask=NAME> and <mask:NAME> in AND prompts; repeatable."
              + " MASK is an image, white inside the region, or left,top,right,bottom as fractions"
              + " of the sides: left=0,0,0.5,1.")
  private List<String> regions = new ArrayList<>();

  @Option(
      names = "--region-blur",
      paramLabel = "PIXELS",
      description = "Edge blur of all regions, 0 to 256 pixels. Default: 8.")
  private Optional<Integer> blur = Optional.empty();

  void applyTo(PromptSpec.Builder spec, Console console) {
    console.requireBeside("--region NAME=MASK", "--region-blur");
    set("--region-blur", blur, RegionMask.rectangle(0, 0, 1, 1)::withBlur);
    for (String region : regions) {
      set("--region", Optional.of(region), given -> name(given, spec));
    }
  }

  private void name(String region, PromptSpec.Builder spec) {
    int equals = region.indexOf('=');
    if (equals < 1 || equals == region.length() - 1) {
      throw new IllegalArgumentException(
          "must be NAME=FILE or NAME=left,top,right,bottom: '" + region + "'");
    }
    RegionMask mask = mask(region.substring(equals + 1));
    spec.mask(region.substring(0, equals).strip(), blur.map(mask::withBlur).orElse(mask));
  }

  private static RegionMask mask(String text) {
    Matcher rectangle = RECTANGLE.matcher(text);
    if (rectangle.matches()) {
      return RegionMask.rectangle(
          Double.parseDouble(rectangle.group(1)),
          Double.parseDouble(rectangle.group(2)),
          Double.parseDouble(rectangle.group(3)),
          Double.parseDouble(rectangle.group(4)));
    }
    return RegionMask.of(Image.read(Path.of(text)));
  }
}
