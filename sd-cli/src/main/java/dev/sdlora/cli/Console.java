package dev.sdlora.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command writes, and in which form. */
final class Console {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(names = "--json", description = "Write JSON instead of text to standard output.")
  private boolean json;

  /** Whether the user wants JSON. */
  boolean json() {
    return json;
  }

  /** Standard output: results. */
  PrintWriter out() {
    return command.commandLine().getOut();
  }

  /** Standard error: progress, warnings and failures. */
  PrintWriter err() {
    return command.commandLine().getErr();
  }

  /** An error in the way the command was called. */
  ParameterException badUsage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
