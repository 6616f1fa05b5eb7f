package dev.sdlora.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.lora.MakingOptions;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd checkpoint merge}: merges two or three checkpoints into one. */
@Command(
    name = "merge",
    description =
        "Merge checkpoints: A*(1-m) + B*m, or A + (B-C)*m with a third one. An inpainting model"
            + " must be A.")
class CheckpointMergeCommand implements Runnable {
  @Parameters(
      index = "0",
      paramLabel = "A",
      description =
          "Base checkpoint: a file, a diffusers folder or a published model (see sd get).")
  private String a = "";

  @Parameters(index = "1", paramLabel = "B", description = "Checkpoint to merge in.")
  private String b = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "C",
      description = "Checkpoint that B was fine-tuned from; adds the difference B-C to A.")
  private Optional<String> c = Optional.empty();

  @Option(
      names = {"-m", "--multiplier"},
      paramLabel = "NUMBER",
      defaultValue = "0.5",
      description = "Multiplier m, the share of B or of the difference. Default: ${DEFAULT-VALUE}.")
  private double multiplier;

  @Option(
      names = "--blocks",
      paramLabel = "VALUES",
      description =
          "Multipliers per block, BASE,IN00-IN11,MID,OUT00-OUT11 (26 comma-separated values) for SD"
              + " 1.x and 2.x, BASE,IN00-IN08,MID,OUT00-OUT08 (20) for SDXL; or the name of a"
              + " preset.")
  private Optional<String> blocks = Optional.empty();

  @Mixin private final MakingOptions making = new MakingOptions();
  @Mixin private final MakingOptions.Format format = new MakingOptions.Format();

  @Override
  public void run() {
    Stopwatch watch = new Stopwatch();
    Console console = making.console();
    Path first = PublishedFile.path(a, console);
    Path second = PublishedFile.path(b, console);
    CheckpointMerging merging =
        PublishedFile.path(c, console)
            .map(base -> CheckpointMerging.addDifference(first, second, base))
            .orElseGet(() -> CheckpointMerging.weightedSum(first, second));
    OptionValue.set("--multiplier", Optional.of(multiplier), merging::multiplier);
    OptionValue.set("--blocks", blocks, text -> merging.blocks(BlockWeights.parse(text)));
    format.format().ifPresent(merging::fileFormat);
    CreatedCheckpoint merged =
        making.run(listener -> merging.listener(listener).write(making.out()));
    if (console.json()) {
      ObjectNode json = MakingOptions.report(merged.file(), watch);
      json.put("merged", merged.changed()).put("kept", merged.kept());
      console.out().println(Json.line(json));
    } else {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s: merged %d tensors, kept %d%n",
              merged.file(),
              merged.changed(),
              merged.kept());
    }
  }

  /** The same command under its former name. */
  @Command(name = "merge-checkpoints", hidden = true)
  static final class FormerName extends CheckpointMergeCommand {}
}
