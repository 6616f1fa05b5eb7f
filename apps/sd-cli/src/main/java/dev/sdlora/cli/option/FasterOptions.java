package dev.sdlora.cli.option;

import static dev.sdlora.cli.console.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

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
      names = "--cache-interval",
      paramLabel = "N",
      description =
          "DeepCache: run the whole model in every N-th model call only, its outermost blocks in"
              + " the others. Default: 1, off.")
  private Optional<Integer> cacheInterval = Optional.empty();

  @Option(
      names = "--cache-branch-id",
      paramLabel = "N",
      description =
          "DeepCache depth: blocks up to this one run in every model call. Default: 0, the"
              + " outermost.")
  private Optional<Integer> cacheBranchId = Optional.empty();

  @Option(
      names = "--token-merging-ratio",
      paramLabel = "0..0.9",
      description = "Fraction of tokens merged in self-attention, for large images. Default: 0.")
  private Optional<Double> tokenMerging = Optional.empty();

  @Option(
      names = "--token-merging-max-downsample",
      paramLabel = "1|2|4|8",
      description =
          "Merge tokens in U-Net levels downsampled up to this factor; SDXL needs 2. Default: 1.")
  private Optional<Integer> tokenMergingDownsample = Optional.empty();

  @Option(
      names = "--no-exact-batches",
      description =
          "Generate several of the --images at once, as many as memory allows; they differ by"
              + " rounding from images generated alone.")
  private boolean joint;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Number of images generated at once, with --no-exact-batches.")
  private Optional<Integer> batchSize = Optional.empty();

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
    set("--batch-size", batchSize, options::batchSize);
    set("--cache-interval", cacheInterval, options::cacheInterval);
    set("--cache-branch-id", cacheBranchId, options::cacheBranchId);
    set("--token-merging-ratio", tokenMerging, options::tokenMergingRatio);
    set(
        "--token-merging-max-downsample",
        tokenMergingDownsample,
        options::tokenMergingMaxDownsample);
    spec.speedOptions(options.build());
  }

  private static GuidanceRange range(
      String text, BiFunction<Double, Double, GuidanceRange> limits) {
    NumberPair pair = NumberPair.parse(text);
    return limits.apply(pair.first(), pair.second());
  }
}
