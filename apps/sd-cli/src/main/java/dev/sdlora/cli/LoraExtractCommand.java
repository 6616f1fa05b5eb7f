package dev.sdlora.cli;

import dev.sdlora.api.make.LoraExtraction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sd lora extract}: a LoRA from the difference of two checkpoints. */
@Command(
    name = "extract",
    description = "Extract a LoRA that makes one checkpoint draw like another.")
final class LoraExtractCommand implements Runnable {
  private static final int DEFAULT_RANK = 32;

  @Parameters(
      index = "0",
      paramLabel = "ORIGINAL",
      description =
          "Checkpoint to use the LoRA on: a file or a diffusers folder, here or published (sd"
              + " get).")
  private String original = "";

  @Parameters(index = "1", paramLabel = "TUNED", description = "Checkpoint to draw like.")
  private String tuned = "";

  @Mixin private final MakingOptions making = new MakingOptions();
  @Mixin private final MakingOptions.Ranks ranks = new MakingOptions.Ranks();
  @Mixin private final MakingOptions.Format format = new MakingOptions.Format();

  @Option(
      names = "--convolutions",
      description = "Take the layers outside transformers in as well.")
  private boolean convolutions;

  @Option(names = "--no-text-encoder", description = "Leave the text encoder out.")
  private boolean noTextEncoder;

  @Option(names = "--exact", description = "Compute all singular values; takes much longer.")
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
