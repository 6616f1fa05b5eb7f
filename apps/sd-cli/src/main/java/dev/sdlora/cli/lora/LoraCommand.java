package dev.sdlora.cli.lora;

import picocli.CommandLine.Command;

/** {@code sd lora}: inspects, creates and edits LoRA files. */
@Command(
    name = "lora",
    description = "Inspect, create and edit LoRA files.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LoraListCommand.class,
      LoraInfoCommand.class,
      LoraEffectCommand.class,
      LoraFitCommand.class,
      LoraConflictsCommand.class,
      LoraExtractCommand.class,
      LoraResizeCommand.class,
      LoraMergeCommand.class,
      LoraBakeCommand.class,
      LoraConvertCommand.class
    })
public final class LoraCommand {}
