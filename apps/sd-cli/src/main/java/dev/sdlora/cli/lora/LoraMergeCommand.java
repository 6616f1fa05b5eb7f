package dev.sdlora.cli.lora;

import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.cli.model.LoraArguments;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sd lora merge}: merges several LoRAs into one. */
@Command(
    name = "merge",
    description = "Merge several LoRAs into one; exact unless --rank or --energy is given.")
final class LoraMergeCommand implements Runnable {
  private static final int LARGEST_RANK = 4096;

  @Mixin private final LoraArguments loras = new LoraArguments();

  @Mixin private final MakingOptions making = new MakingOptions();
  @Mixin private final MakingOptions.Ranks ranks = new MakingOptions.Ranks();
  @Mixin private final MakingOptions.Format format = new MakingOptions.Format();

  @Override
  public void run() {
    LoraMerging merging = LoraMerging.of(loras.open(making.console()));
    ranks.applyTo(merging::rank, merging::energy, LARGEST_RANK);
    format.format().ifPresent(merging::fileFormat);
    making.lora(listener -> merging.listener(listener).write(making.out()));
  }
}
