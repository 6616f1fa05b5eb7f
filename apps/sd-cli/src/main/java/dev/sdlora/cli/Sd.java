package dev.sdlora.cli;

import static dev.sdlora.cli.console.OptionValue.converter;

import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.cli.console.GroupedHelp;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.StopOnExit;
import dev.sdlora.cli.console.VisibleText;
import dev.sdlora.cli.lora.LoraCommand;
import dev.sdlora.cli.model.ControlArgument;
import dev.sdlora.cli.model.LoraCurve;
import dev.sdlora.cli.training.ConfigFile;
import dev.sdlora.request.FewStepsChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The command {@code sd}, with the options that all subcommands share. */
@Command(
    name = "sd",
    description = "Stable Diffusion with LoRA for Java.",
    synopsisSubcommandLabel = "COMMAND",
    scope = ScopeType.INHERIT,
    versionProvider = Sd.Version.class)
public final class Sd {
  private static final List<Class<?>> COMMANDS =
      List.of(
          GenerateCommand.class,
          GridCommand.class,
          BatchCommand.class,
          UpscaleCommand.class,
          TrainCommand.class,
          GetCommand.class,
          ServeCommand.class,
          McpCommand.class,
          InfoCommand.class,
          PromptCommand.class,
          LoraCommand.class,
          CheckpointCommand.class,
          CheckpointMergeCommand.FormerName.class,
          ConvertWeightsCommand.class,
          CompletionCommand.class);

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean stacktrace;

  @Option(
      names = {"-h", "--help", GroupedHelp.ALL},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show the common options, or all options, and exit.")
  @SuppressWarnings("UnusedVariable") // handled by picocli
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print the version and exit.")
  @SuppressWarnings("UnusedVariable") // handled by picocli
  private boolean version;

  private Sd() {}

  /**
   * Runs one command and ends the JVM with its exit code: 0 for success, 1 for failures, 2 for bad
   * usage, 3 for a batch with failed requests.
   *
   * @param args the command and its options; {@code --help} lists them
   */
  public static void main(String[] args) {
    CommandLine command = commandLine(called(args));
    // Commands keep the terminal itself; library logs, which bypass the console, are escaped.
    command.setErr(command.getErr());
    System.setErr(VisibleText.stream(System.err));
    System.exit(StopOnExit.run(() -> command.execute(args)));
  }

  /**
   * Returns only the called command, because listing the options of all commands takes half a
   * second. Returns all commands if none is called, and for the completion script.
   */
  private static List<Class<?>> called(String... args) {
    return COMMANDS.stream()
        .filter(command -> command != CompletionCommand.class)
        .filter(
            command ->
                args.length > 0 && command.getAnnotation(Command.class).name().equals(args[0]))
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  /** Returns the command line, ready to execute. */
  static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  private static CommandLine commandLine(List<Class<?>> commands) {
    Sd sd = new Sd();
    ErrorReporter failures = new ErrorReporter(() -> sd.stacktrace);
    CommandLine command = new Execution(sd, failures);
    commands.forEach(command::addSubcommand);
    GroupedHelp.on(command);
    return command
        .registerConverter(int.class, converter(OptionValue::wholeNumber))
        .registerConverter(Integer.class, converter(OptionValue::wholeNumber))
        .registerConverter(long.class, converter(OptionValue::longNumber))
        .registerConverter(Long.class, converter(OptionValue::longNumber))
        .registerConverter(double.class, converter(OptionValue::decimalNumber))
        .registerConverter(Double.class, converter(OptionValue::decimalNumber))
        .registerConverter(Path.class, converter(Path::of))
        .registerConverter(FewStepsChoice.class, converter(FewStepsChoice::parse))
        .registerConverter(ControlArgument.class, converter(ControlArgument::parse))
        .registerConverter(ImageSize.class, converter(ImageSize::parse))
        .registerConverter(WeightFormat.class, converter(WeightFormat::parse))
        .registerConverter(Axis.class, converter(Axis::parse))
        .registerConverter(LoraCurve.class, converter(LoraCurve::parse))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false) // a prompt may begin with '@'
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setExecutionStrategy(failures.catchingErrors(Sd::runOrExplain));
  }

  /** Runs the called command; a command that only has subcommands shows its help. */
  private static int runOrExplain(ParseResult parsed) {
    @Nullable Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    CommandLine command = parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
    if (command.getSubcommands().isEmpty()) {
      return new RunLast().execute(parsed);
    }
    command.usage(command.getOut());
    return ExitCode.OK;
  }

  /** Adds the options of a {@link ConfigFile}, and prints numbers alike in any locale. */
  private static final class Execution extends CommandLine {
    private final ErrorReporter failures;

    Execution(Sd sd, ErrorReporter failures) {
      super(sd);
      this.failures = failures;
    }

    /**
     * Formats numbers as in English in any locale, with ASCII digits and a decimal point, so that
     * scripts can read them.
     */
    @Override
    public int execute(String... args) {
      Locale before = Locale.getDefault();
      Locale.setDefault(Locale.ENGLISH);
      try {
        return executeWithConfig(args);
      } finally {
        Locale.setDefault(before);
      }
    }

    private int executeWithConfig(String... args) {
      Optional<ConfigFile> config;
      try {
        config = ConfigFile.of(this, args);
      } catch (ParameterException e) {
        return failures.handleParseException(e, args);
      }
      if (config.isEmpty()) {
        return super.execute(args);
      }
      failures.placed(config.get()::placed);
      return super.execute(config.get().together(args));
    }
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Sd.class.getPackage().getImplementationVersion();
      return new String[] {"sd " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
  }
}
