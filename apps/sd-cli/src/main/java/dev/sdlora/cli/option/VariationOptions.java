package dev.sdlora.cli.option;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The options that vary the noise of a seed, named as in {@link Variation}. */
@Heading(
    value = "Seed variation",
    basic = {})
final class VariationOptions {
  private final SettingOptions<Variation, ?> options = SettingOptions.allBut(Settings.VARIATION);

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    options.addTo(command, VariationOptions.class);
  }

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    spec.variation(options.apply(spec.variation(), console));
  }
}
