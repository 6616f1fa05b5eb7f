package dev.sdlora.cli.model;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.cli.console.Console;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The LoRA arguments of a command, with weights. */
public final class LoraArguments {
  @Parameters(
      arity = "1..*",
      paramLabel = LoraReference.LABEL,
      description = LoraFolders.WEIGHTED_HELP)
  private List<String> names = List.of();

  @Mixin private final LoraFolders folders = new LoraFolders();

  /** Opens all LoRAs first. A file takes precedence over a library name. */
  public List<LoraAdapter> open(Console console) {
    return folders.openWeighted(names, console);
  }
}
