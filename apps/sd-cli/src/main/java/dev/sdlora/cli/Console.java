package dev.sdlora.cli;

import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * Where a command writes, and in which form. What comes from files cannot command the terminal: all
 * text goes through {@link VisibleText}.
 */
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
    return VisibleText.writer(command.commandLine().getOut());
  }

  /** How many characters the lines of the help have at most. */
  int width() {
    return command.commandLine().getUsageHelpWidth();
  }

  /** Standard error: warnings and failures. */
  PrintWriter err() {
    return err(command.commandLine());
  }

  /** Standard error of any command. */
  static PrintWriter err(CommandLine command) {
    return VisibleText.writer(command.getErr());
  }

  /** Prints a warning. */
  void warn(String sentence) {
    err().println("sd: warning: " + sentence);
  }

  /**
   * Standard error as a terminal whose last line may be written over, for progress; empty if it is
   * none. Only text of this program's own may go there.
   */
  Optional<PrintWriter> terminal() {
    // Java cannot tell whether stderr is a terminal; the launcher can.
    return Boolean.getBoolean("sd.terminal")
        ? Optional.of(command.commandLine().getErr())
        : Optional.empty();
  }

  /**
   * Refuses options that do nothing unless another one is given.
   *
   * @param other with its value, such as {@code --init FILE}
   */
  void requireBeside(String other, String... options) {
    ParseResult given = command.commandLine().getParseResult();
    if (given.hasMatchedOption(other.split(" ", 2)[0])) {
      return;
    }
    for (String option : options) {
      if (given.hasMatchedOption(option)) {
        throw badUsage(option + " needs " + other);
      }
    }
  }

  /** The place for progress on standard error; empty if nobody wants to see it. */
  Optional<ProgressLine> progress(boolean quiet) {
    if (quiet) {
      return Optional.empty();
    }
    return Optional.of(
        terminal()
            .<ProgressLine>map(TerminalLine::new)
            .orElseGet(() -> new LogLines(command.commandLine().getErr(), System::nanoTime)));
  }

  /** An error in the way the command was called. */
  ParameterException badUsage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
