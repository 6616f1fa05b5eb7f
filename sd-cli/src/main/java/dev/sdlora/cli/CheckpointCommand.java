package dev.sdlora.cli;

import picocli.CommandLine.Command;

/** {@code sd checkpoint}: what there is to ask about checkpoints. */
@Command(
    name = "checkpoint",
    description = "Work with checkpoints.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = CheckpointDistanceCommand.class)
final class CheckpointCommand {}
