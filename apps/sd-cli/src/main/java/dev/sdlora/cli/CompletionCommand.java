package dev.sdlora.cli;

import dev.sdlora.cli.console.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sd completion}: prints a completion script for the shell. */
@Command(
    name = "completion",
    description = {
      "Print a completion script for bash, zsh or fish.",
      "",
      "bash: source <(sd completion), or save it in the folder of bash-completion.",
      "zsh: sd completion zsh > ~/.zfunc/_sd, with fpath+=~/.zfunc before compinit in ~/.zshrc.",
      "fish: sd completion fish > ~/.config/fish/completions/sd.fish"
    })
final class CompletionCommand implements Runnable {
  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      defaultValue = "bash",
      description = "bash, zsh or fish. Default: ${DEFAULT-VALUE}.")
  private Shell shell = Shell.BASH;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Override
  public void run() {
    CommandSpec root = command.root();
    command.commandLine().getOut().print(shell.script(root.commandLine()));
    command.commandLine().getOut().flush();
  }
}
