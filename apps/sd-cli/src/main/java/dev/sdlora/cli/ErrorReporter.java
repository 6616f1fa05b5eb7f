package dev.sdlora.cli;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.console.UnknownWord;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.ITypeInfo;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns exceptions into one sentence on stderr and an exit code: 2 for bad usage, including an
 * {@link IllegalArgumentException} of the library, and 1 for everything else.
 */
final class ErrorReporter implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final BooleanSupplier stacktrace;
  private UnaryOperator<String> placed = UnaryOperator.identity();

  ErrorReporter(BooleanSupplier stacktrace) {
    this.stacktrace = stacktrace;
  }

  /** Adds to sentences the file that the option they are about comes from. */
  void placed(UnaryOperator<String> placing) {
    placed = placing;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    print(e, sentence(e), Console.err(command));
    return usageHint(command);
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    print(e, sentence(e), Console.err(command));
    return e instanceof IllegalArgumentException ? usageHint(command) : ExitCode.SOFTWARE;
  }

  /** Handles JVM errors, such as a native library that fails to load, like exceptions. */
  IExecutionStrategy catchingErrors(IExecutionStrategy strategy) {
    return parsed -> {
      try {
        return strategy.execute(parsed);
      } catch (Error e) {
        print(e, sentence(e), Console.err(parsed.commandSpec().commandLine()));
        return ExitCode.SOFTWARE;
      }
    };
  }

  /** Returns the message about the value of an option or argument, prefixed with its name. */
  private static Optional<String> ofValue(Throwable e) {
    if (!(e instanceof ParameterException wrong)
        || !(e.getCause() instanceof TypeConversionException refusal)
        || wrong.getArgSpec() == null) {
      return Optional.empty();
    }
    ArgSpec argument = wrong.getArgSpec();
    String complaint = String.valueOf(refusal.getMessage());
    if (complaint.startsWith(
        "expected one of [")) { // picocli's message, with the names of the constants
      ITypeInfo type = argument.typeInfo();
      ITypeInfo single = type.isEnum() ? type : type.getAuxiliaryTypeInfos().get(0);
      complaint =
          "must be one of %s: '%s'"
                  .formatted(
                      String.join(", ", single.getEnumConstantNames()).toLowerCase(Locale.ROOT),
                      wrong.getValue())
              + Nearest.question(
                      String.valueOf(wrong.getValue()).toUpperCase(Locale.ROOT),
                      single.getEnumConstantNames())
                  .toLowerCase(Locale.ROOT);
    }
    String name =
        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    return Optional.of(OptionValue.message(name, complaint));
  }

  private static String missing(MissingParameterException e) {
    List<ArgSpec> arguments = e.getMissing();
    if (String.valueOf(e.getMessage()).contains("parameter for option")
        && arguments.get(0) instanceof OptionSpec option) {
      return option.longestName() + " needs a value: " + option.paramLabel();
    }
    List<String> names = new ArrayList<>();
    for (ArgSpec argument : arguments) {
      String option = argument instanceof OptionSpec named ? named.longestName() + "=" : "";
      names.add(option + argument.paramLabel());
    }
    String last = names.remove(names.size() - 1);
    return "missing " + (names.isEmpty() ? last : String.join(", ", names) + " and " + last);
  }

  private static String sentence(Throwable e) {
    if (e instanceof UnmatchedArgumentException unknown) {
      return UnknownWord.sentence(unknown);
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing(missing);
    }
    if (e instanceof OverwrittenOptionException twice
        && twice.getOverwritten() instanceof OptionSpec option) {
      return option.longestName() + " is given twice";
    }
    Optional<String> ofValue = ofValue(e);
    if (ofValue.isPresent()) {
      return ofValue.get();
    }
    boolean meantForPeople =
        e instanceof ParameterException
            || e instanceof StableDiffusionException
            || e instanceof IllegalArgumentException
            || e instanceof IllegalStateException;
    String message = e.getMessage();
    if (meantForPeople && message != null) {
      return OptionWords.in(message);
    }
    return "unexpected " + e + "; --stacktrace shows where";
  }

  private void print(Throwable e, String sentence, PrintWriter err) {
    err.println("sd: " + placed.apply(sentence));
    if (stacktrace.getAsBoolean()) {
      e.printStackTrace(err);
    }
  }

  private static int usageHint(CommandLine command) {
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }
}
