package dev.sdlora.cli;

import static dev.sdlora.cli.OptionValue.set;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SpeedOptions;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** What is left out to be faster, named as in {@link SpeedOptions}. */
@Heading(
    value = "Faster, with somewhat different pictures",
    basic = {})
final class FasterOptions {
  @Option(
      names = "--guidance-range",
      paramLabel = "START,END",
      description =
          "Guide between two shares of the steps only; the others take half of the time."
              + " Default: 0,1.")
  private Optional<String> guidanceRange = Optional.empty();

  @Option(
      names = "--guidance-sigmas",
      paramLabel = "LOW,HIGH",
      description = "Guide between two sigmas only, such as 0.28,5.42. Default: all.")
  private Optional<String> guidanceSigmas = Optional.empty();

  @Option(
      names = "--cache-interval",
      paramLabel = "N",
      description =
          "Run the whole model in every N-th call only, its outermost blocks in the others"
              + " (DeepCache). Default: 1.")
  private Optional<Integer> cacheInterval = Optional.empty();

  @Option(
      names = "--cache-branch-id",
      paramLabel = "N",
      description = "How far in the blocks lie that run in all calls. Default: 0, the outermost.")
  private Optional<Integer> cacheBranchId = Optional.empty();

  @Option(
      names = "--token-merging-ratio",
      paramLabel = "0..0.9",
      description = "Share of tokens that self-attention merges, for large pictures. Default: 0.")
  private Optional<Double> tokenMerging = Optional.empty();

  @Option(
      names = "--token-merging-max-downsample",
      paramLabel = "1|2|4|8",
      description =
          "How much smaller than the latent the levels may be that merge tokens; SDXL needs 2."
              + " Default: 1.")
  private Optional<Integer> tokenMergingDownsample = Optional.empty();

  @Option(
      names = "--no-exact-batches",
      description =
          "Draw several pictures of --images at once, as many as memory suits; they differ from"
              + " those made alone by rounding.")
  private boolean joint;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Draw N pictures of --images at once, with --no-exact-batches.")
  private Optional<Integer> batchSize = Optional.empty();

  /** Leaves what is not given as it is. */
  void applyTo(PromptSpec.Builder spec, Console console) {
    console.requireBeside("--no-exact-batches", "--batch-size");
    SpeedOptions.Builder options = spec.speedOptions().toBuilder();
    set(
        "--guidance-range",
        guidanceRange,
        text -> options.guidanceRange(range(text, GuidanceRange::ofSteps)));
    // Both together act where both would.
    GuidanceRange steps =
        guidanceRange.isPresent() ? options.build().guidanceRange() : GuidanceRange.ALL;
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
