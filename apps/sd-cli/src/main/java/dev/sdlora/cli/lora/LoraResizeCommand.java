package dev.sdlora.cli.lora;

import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.cli.model.LoraFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sd lora resize}: changes the rank of a LoRA. */
@Command(
    name = "resize",
    description = "Change the rank of a LoRA, with the best approximation of that rank.")
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
      throw making.console().badUsage("specify --rank or --energy");
    }
    LoraResizing resizing = LoraResizing.of(folders.open(lora, making.console()).path());
    ranks.applyTo(resizing::rank, resizing::energy, LARGEST_RANK);
    format.format().ifPresent(resizing::fileFormat);
    making.lora(listener -> resizing.listener(listener).write(making.out()));
  }
}
