package dev.sdlora.cli;

import picocli.CommandLine.Command;

/** {@code sd checkpoint}: compares and merges checkpoints. */
@Command(
    name = "checkpoint",
    description = "Compare and merge checkpoints.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CheckpointDistanceCommand.class, CheckpointMergeCommand.class})
final class CheckpointCommand {}
