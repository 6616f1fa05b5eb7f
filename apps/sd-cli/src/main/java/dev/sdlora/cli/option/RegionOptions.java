package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

  private final SettingOptions<RegionMask, ?> edge = SettingOptions.of(Settings.REGION, "blur");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    edge.addTo(command, RegionOptions.class);
  }

  void applyTo(PromptSpec.Builder spec, Console console) {
    console.requireBeside("--region NAME=MASK", edge.names());
    for (String region : regions) {
      set("--region", Optional.of(region), given -> name(given, spec, console));
    }
  }

  private void name(String region, PromptSpec.Builder spec, Console console) {
    int equals = region.indexOf('=');
    if (equals < 1 || equals == region.length() - 1) {
      throw new IllegalArgumentException(
          "must be NAME=FILE or NAME=left,top,right,bottom: '" + region + "'");
    }
    RegionMask mask = mask(region.substring(equals + 1));
    spec.mask(region.substring(0, equals).strip(), edge.apply(mask, console));
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
