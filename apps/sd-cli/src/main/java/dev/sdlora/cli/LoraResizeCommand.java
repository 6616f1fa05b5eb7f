package dev.sdlora.cli;

import dev.sdlora.api.make.LoraResizing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sd lora resize}: a LoRA at another rank. */
@Command(name = "resize", description = "Give a LoRA another rank, as close to it as can be.")
final class LoraResizeCommand implements Runnable {
  private static final int LARGEST_RANK = 4096;

  @Parameters(paramLabel = "LORA", description = LoraFolders.HELP)
  private String lora = "";

  @Mixin private final LoraFolders folders = new LoraFolders();

  @Mixin private final MakingOptions making = new MakingOptions();
  @Mixin private final MakingOptions.Ranks ranks = new MakingOptions.Ranks();
  @Mixin private final MakingOptions.Format format = new MakingOptions.Format();

  @Override
  public void run() {
    if (ranks.isEmpty()) {
      throw making.console().badUsage("give --rank or --energy");
    }
    LoraResizing resizing = LoraResizing.of(folders.open(lora, making.console()).path());
    ranks.applyTo(resizing::rank, resizing::energy, LARGEST_RANK);
    format.format().ifPresent(resizing::fileFormat);
    making.lora(listener -> resizing.listener(listener).write(making.out()));
  }
}
