package dev.sdlora.cli.console;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ParseResult.GroupMatch;
import picocli.CommandLine.Spec;

/**
 * Output of a command, as text or JSON. All text passes through {@link VisibleText}, so that
 * strings from files cannot control the terminal.
 */
public final class Console {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(names = "--json", description = "Print JSON to standard output instead of text.")
  private boolean json;

  /** Whether {@code --json} is set. */
  public boolean json() {
    return json;
  }

  /** Returns standard output, for results. */
  public PrintWriter out() {
    return VisibleText.writer(command.commandLine().getOut());
  }

  /** Returns the maximum line width of the help. */
  public int width() {
    return command.commandLine().getUsageHelpWidth();
  }

  /** Returns standard error, for warnings and failures. */
  public PrintWriter err() {
    return err(command.commandLine());
  }

  /** Returns standard error of any command. */
  public static PrintWriter err(CommandLine command) {
    return VisibleText.writer(command.getErr());
  }

  /** Prints the sentence of an error, in the words of the command line. */
  public void fail(String sentence) {
    err().println("sd: " + OptionWords.in(sentence));
  }

  /** Prints a warning, in the words of the command line. */
  public void warn(String sentence) {
    err().println("sd: warning: " + OptionWords.in(sentence));
  }

  /**
   * Returns standard error as a terminal whose last line may be overwritten, for progress; empty if
   * it is not a terminal. Write only text of this program to it.
   */
  public Optional<PrintWriter> terminal() {
    // Java cannot tell whether stderr is a terminal; the launcher can.
    return Boolean.getBoolean("sd.terminal")
        ? Optional.of(command.commandLine().getErr())
        : Optional.empty();
  }

  /**
   * Rejects options that have no effect without another one.
   *
   * @param other the required option with its value, such as {@code --init FILE}
   */
  public void requireBeside(String other, String... options) {
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

  /** Returns the given groups of options, in their order. */
  public List<GroupMatch> matches(ArgGroupSpec group) {
    return command.commandLine().getParseResult().findMatches(group).stream()
        .flatMap(found -> found.matches().stream())
        .toList();
  }

  /**
   * Refuses options.
   *
   * @param other the option that they cannot be used with
   * @throws ParameterException if one of them is given
   */
  public void refuse(String other, String... options) {
    ParseResult given = command.commandLine().getParseResult();
    for (String option : options) {
      if (given.hasMatchedOption(option)) {
        throw badUsage(option + " cannot be used with " + other);
      }
    }
  }

  /** Returns the progress line on standard error; empty if progress is not wanted. */
  public Optional<ProgressLine> progress(boolean quiet) {
    if (quiet) {
      return Optional.empty();
    }
    return Optional.of(
        terminal()
            .<ProgressLine>map(TerminalLine::new)
            .orElseGet(() -> new LogLines(command.commandLine().getErr(), System::nanoTime)));
  }

  /** Returns an exception for a wrong command line. */
  public ParameterException badUsage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
