package dev.sdlora.cli.option;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that apply to some model families only. */
@Heading(
    value = "SDXL and editing models",
    basic = {})
final class FamilyOptions {
  private static final double USUAL_SWITCH = 0.8;

  private final SettingOptions<PromptSpec, PromptSpec.Builder> refiner =
      SettingOptions.of(Settings.SPEC, "refinerSwitch", "refinerBySteps");
  private final SettingOptions<PromptSpec, PromptSpec.Builder> guidance =
      SettingOptions.of(Settings.SPEC, "imageCfgScale", "distilledGuidance");
  private final SettingOptions<PromptOptions, ?> texts =
      SettingOptions.of(Settings.PROMPT, "t5Tokens", "clipSkipOnSdxl");
  private final SettingOptions<SizeConditioning, ?> sizes =
      SettingOptions.allBut(Settings.SIZE_CONDITIONING);

  @Option(
      names = "--empty-negative",
      paramLabel = "zeros|encoded",
      description =
          "SDXL conditioning for an empty negative prompt: zeros (A1111) or an encoded empty text"
              + " (ComfyUI). Default: zeros.")
  private Optional<EmptyNegative> emptyNegative = Optional.empty();

  /** The values of {@code --empty-negative}. */
  private enum EmptyNegative {
    ZEROS,
    ENCODED
  }

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    refiner.addTo(command, FamilyOptions.class);
    guidance.addTo(command, FamilyOptions.class);
    texts.addTo(command, FamilyOptions.class);
    sizes.addTo(command, FamilyOptions.class);
  }

  /**
   * Applies the given options; settings of other options stay unchanged.
   *
   * @param hasRefiner whether a refiner model is given
   */
  void applyTo(PromptSpec.Builder spec, boolean hasRefiner, Console console) {
    if (!hasRefiner) {
      console.requireBeside("--refiner PATH", refiner.names());
    } else if (spec.refinerSwitch().isEmpty()) {
      spec.refinerSwitch(USUAL_SWITCH, spec.refinerBySteps());
    }
    refiner.set(spec);
    guidance.set(spec);
    PromptOptions reading = texts.apply(spec.promptOptions(), console);
    spec.promptOptions(
        emptyNegative
            .map(rule -> reading.withEmptyNegativeEncoded(rule == EmptyNegative.ENCODED))
            .orElse(reading));
    spec.sizeConditioning(sizes.apply(spec.sizeConditioning(), console));
  }
}
