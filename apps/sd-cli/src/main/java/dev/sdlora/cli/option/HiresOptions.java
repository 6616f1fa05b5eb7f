package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import dev.sdlora.cli.console.OptionValue;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the hires fix, named as in {@link HiresFix}. */
@Heading(
    value = "Hires fix",
    basic = {"--hires"})
final class HiresOptions {
  @Option(
      names = "--hires",
      paramLabel = "FACTOR|WxH",
      description = "Enlarge the image by a factor or to a size, then refine it in a second pass.")
  private Optional<String> hires = Optional.empty();

  private final SettingOptions<HiresFix, HiresFix.Builder> others =
      SettingOptions.allBut(Settings.HIRES, "scale", "size")
          .form("--hires-sampler", SamplerArgument::parse, HiresOptions::sampler);

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    others.addTo(command, HiresOptions.class);
  }

  void applyTo(PromptSpec.Builder spec, Console console) {
    if (hires.isPresent() && spec.imageToImage().isPresent()) {
      throw console.badUsage(
          "--hires and --init cannot be combined; set --size to the larger size instead");
    }
    Optional<HiresFix> known = spec.hiresFix();
    if (known.isEmpty()) {
      console.requireBeside("--hires FACTOR", others.names());
      if (hires.isEmpty()) {
        return;
      }
    }
    HiresFix.Builder pass = known.map(HiresFix::toBuilder).orElseGet(HiresFix::builder);
    set("--hires", hires, text -> target(pass, text));
    spec.hiresFix(others.apply(pass.build(), console));
  }

  private static void sampler(HiresFix.Builder pass, SamplerArgument argument) {
    pass.sampler(argument.sampler());
    argument.schedule().ifPresent(pass::schedule);
  }

  private static void target(HiresFix.Builder pass, String text) {
    if (text.matches("[-+]?[0-9.]+")) {
      set("--hires", Optional.of(OptionValue.decimalNumber(text)), pass::scale);
    } else if (text.contains("x")) {
      pass.size(ImageSize.parse(text));
    } else {
      throw new IllegalArgumentException(
          "must be a factor such as 2, or WIDTHxHEIGHT in pixels: '" + text + "'");
    }
  }
}
