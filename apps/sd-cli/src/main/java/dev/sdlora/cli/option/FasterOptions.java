package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that trade exactness for speed, named as in {@link SpeedOptions}. */
@Heading(
    value = "Speed (changes the image slightly)",
    basic = {})
final class FasterOptions {
  @Option(
      names = "--guidance-range",
      paramLabel = "START,END",
      description =
          "Apply guidance only within this part of the steps, as fractions; the other steps take"
              + " half the time. Default: 0,1.")
  private Optional<String> guidanceRange = Optional.empty();

  @Option(
      names = "--guidance-sigmas",
      paramLabel = "LOW,HIGH",
      description = "Apply guidance only between two sigmas, such as 0.28,5.42. Default: all.")
  private Optional<String> guidanceSigmas = Optional.empty();

  @Option(
      names = "--no-exact-batches",
      description =
          "Generate several of the --images at once, as many as memory allows; they differ by"
              + " rounding from images generated alone.")
  private boolean joint;

  private final SettingOptions<SpeedOptions, SpeedOptions.Builder> others =
      new SettingOptions<>(Settings.SPEED, Set.of("guidanceRange", "exactBatches"));

  @Spec(Spec.Target.SELF)
  void addTo(CommandSpec command) {
    others.addTo(command, FasterOptions.class);
  }

  /** Applies the given options; settings of other options stay unchanged. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    console.requireBeside("--no-exact-batches", "--batch-size");
    SpeedOptions.Builder options = spec.speedOptions().toBuilder();
    set(
        "--guidance-range",
        guidanceRange,
        text -> options.guidanceRange(range(text, GuidanceRange::ofSteps)));
    // With both ranges, guidance applies only where they overlap.
    GuidanceRange steps = guidanceRange.isPresent() ? options.guidanceRange() : GuidanceRange.ALL;
    set(
        "--guidance-sigmas",
        guidanceSigmas,
        text -> options.guidanceRange(steps.and(range(text, GuidanceRange::ofSigmas))));
    if (joint) {
      options.exactBatches(false);
    }
    spec.speedOptions(others.apply(options.build(), console));
  }

  private static GuidanceRange range(
      String text, BiFunction<Double, Double, GuidanceRange> limits) {
    NumberPair pair = NumberPair.parse(text);
    return limits.apply(pair.first(), pair.second());
  }
}
