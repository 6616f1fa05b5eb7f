package dev.sdlora.cli;

import static dev.sdlora.cli.PictureOptions.set;

import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.api.SpeedOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How the model saves work of its own, named as in {@link SpeedOptions}. */
@Heading("Faster, with somewhat different pictures")
final class ReuseOptions {
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

  /** Leaves what is not given as it is. */
  void applyTo(PromptSpecBuilder spec) {
    SpeedOptions.Builder options = spec.build().speedOptions().toBuilder();
    set("--cache-interval", cacheInterval, options::cacheInterval);
    set("--cache-branch-id", cacheBranchId, options::cacheBranchId);
    set("--token-merging-ratio", tokenMerging, options::tokenMergingRatio);
    set(
        "--token-merging-max-downsample",
        tokenMergingDownsample,
        options::tokenMergingMaxDownsample);
    spec.speedOptions(options.build());
  }
}
