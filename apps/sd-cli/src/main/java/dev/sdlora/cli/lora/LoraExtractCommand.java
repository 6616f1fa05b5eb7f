package dev.sdlora.cli.lora;

import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.cli.model.PublishedFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora extract}: extracts a LoRA from the difference of two checkpoints. */
@Command(name = "extract", description = "Extract a LoRA from the difference of two checkpoints.")
final class LoraExtractCommand implements Runnable {
  private static final int DEFAULT_RANK = 32;

  @Parameters(
      index = "0",
      paramLabel = "ORIGINAL",
      description =
          "Checkpoint that the LoRA will be applied to: a file, a diffusers folder or a published"
              + " model (see sd get).")
  private String original = "";

  @Parameters(
      index = "1",
      paramLabel = "TUNED",
      description = "Fine-tuned checkpoint to reproduce.")
  private String tuned = "";

  @Mixin private final MakingOptions making = new MakingOptions();
  @Mixin private final MakingOptions.Ranks ranks = new MakingOptions.Ranks();
  @Mixin private final MakingOptions.Format format = new MakingOptions.Format();

  @Option(names = "--convolutions", description = "Include the layers outside the transformers.")
  private boolean convolutions;

  @Option(names = "--no-text-encoder", description = "Exclude the text encoder.")
  private boolean noTextEncoder;

  @Option(names = "--exact", description = "Compute all singular values; much slower.")
  private boolean exact;

  @Override
  public void run() {
    LoraExtraction extraction =
        LoraExtraction.between(
                PublishedFile.path(original, making.console()),
                PublishedFile.path(tuned, making.console()))
            .convolutions(convolutions)
            .textEncoder(!noTextEncoder)
            .exact(exact);
    extraction.rank(DEFAULT_RANK);
    ranks.applyTo(extraction::rank, extraction::energy, DEFAULT_RANK);
    format.format().ifPresent(extraction::fileFormat);
    making.lora(listener -> extraction.listener(listener).write(making.out()));
  }
}
