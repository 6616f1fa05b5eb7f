package dev.sdlora.cli.option;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Options that trade exactness for speed, named as in {@link SpeedOptions}. */
@Heading(
    value = "Speed (changes the image slightly)",
    basic = {})
final class FasterOptions {
  private final SettingOptions<GuidanceRange, ?> guidance =
      SettingOptions.allBut(Settings.GUIDANCE_RANGE);
  private final SettingOptions<SpeedOptions, ?> options =
      SettingOptions.allBut(Settings.SPEED, "guidanceRange");

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    guidance.addTo(command, FasterOptions.class);
    options.addTo(command, FasterOptions.class);
  }

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    SpeedOptions speed = options.apply(spec.speedOptions(), console);
    if (guidance.isGiven()) { // replaces a recorded range, of steps and of sigmas
      GuidanceRange range = guidance.apply(GuidanceRange.ALL, console);
      speed = speed.toBuilder().guidanceRange(range).build();
    }
    spec.speedOptions(speed);
  }
}
