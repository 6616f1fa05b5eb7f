package dev.sdlora.cli.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Stopwatch;
import dev.sdlora.cli.model.BundledModel;
import dev.sdlora.cli.model.LoraArguments;
import dev.sdlora.cli.model.PublishedFile;
import dev.sdlora.cli.report.Json;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sd lora bake}: merges LoRAs into a checkpoint. */
@Command(name = "bake", description = "Merge LoRAs permanently into a checkpoint.")
final class LoraBakeCommand implements Runnable {
  @Mixin private final LoraArguments loras = new LoraArguments();

  @Option(
      names = "--checkpoint",
      paramLabel = "PATH",
      description = "Checkpoint file or diffusers folder. Default: the bundled tiny model.")
  private Optional<String> checkpoint = Optional.empty();

  @Mixin private final MakingOptions making = new MakingOptions();

  @Override
  public void run() {
    Stopwatch watch = new Stopwatch();
    LoraBaking baking =
        LoraBaking.into(
            PublishedFile.path(checkpoint, making.console()).orElseGet(BundledModel::checkpoint),
            loras.open(making.console()));
    CreatedCheckpoint baked = making.run(listener -> baking.listener(listener).write(making.out()));
    Console console = making.console();
    for (String module : baked.unmatched()) {
      console.warn("module '" + module + "' matches no layer");
    }
    if (console.json()) {
      ObjectNode json = MakingOptions.report(baked.file(), watch);
      json.put("changed", baked.changed());
      baked.unmatched().forEach(json.putArray("unmatched")::add);
      console.out().println(Json.line(json));
    } else {
      console.out().printf("%s: %s weights changed%n", baked.file(), baked.changed());
    }
  }
}
