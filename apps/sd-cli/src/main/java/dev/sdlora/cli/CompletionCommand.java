package dev.sdlora.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sd completion}: a script for the shell. */
@Command(
    name = "completion",
    description = {
      "Print a script with which bash and zsh complete commands and options.",
      "For this shell: source <(sd completion). For all: put it where bash-completion looks."
    })
final class CompletionCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Override
  public void run() {
    CommandSpec root = command.root();
    command.commandLine().getOut().print(AutoComplete.bash(root.name(), root.commandLine()));
    command.commandLine().getOut().flush();
  }
}
