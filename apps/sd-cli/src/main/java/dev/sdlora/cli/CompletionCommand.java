package dev.sdlora.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sd completion}: prints a completion script for the shell. */
@Command(
    name = "completion",
    description = {
      "Print a completion script for bash and zsh.",
      "For the current shell: source <(sd completion). For all shells: save it in the folder of bash-completion."
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
