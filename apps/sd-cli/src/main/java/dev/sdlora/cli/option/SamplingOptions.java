package dev.sdlora.cli.option;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Advanced sampling options, named as in {@link SamplerOptions}. */
@Heading(
    value = "Advanced sampling",
    basic = {})
final class SamplingOptions {
  private final SettingOptions<SamplerOptions, ?> options = SettingOptions.allBut(Settings.SAMPLER);

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    options.addTo(command, SamplingOptions.class);
  }

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    spec.samplerOptions(options.apply(spec.samplerOptions(), console));
  }
}
