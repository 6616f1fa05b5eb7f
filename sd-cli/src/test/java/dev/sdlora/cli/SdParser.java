package dev.sdlora.cli;

/** Reads the arguments of a command as the command line does, without running it. */
public final class SdParser {
  private SdParser() {}

  /**
   * Reads arguments.
   *
   * @throws picocli.CommandLine.ParameterException if the command line would refuse them
   */
  public static void parse(String... arguments) {
    Sd.commandLine().parseArgs(arguments);
  }
}
