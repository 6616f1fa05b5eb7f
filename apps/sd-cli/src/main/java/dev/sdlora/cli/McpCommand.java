package dev.sdlora.cli;

import dev.sdlora.api.Pipeline;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.model.ModelOptions;
import dev.sdlora.server.McpStdio;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sd mcp}: tools for the program that starts it, over standard input and output. */
@Command(
    name = "mcp",
    description = {
      "Offer tools that draw to a program with a language model (Model Context Protocol).",
      "",
      "The program starts this command and writes to its standard input. The model is loaded when"
          + " the first tool needs it. For other machines, sd serve offers the same tools at /mcp.",
      "",
      "Examples:",
      "  sd mcp",
      "  sd mcp --checkpoint m.safetensors --lora-dir loras"
    })
final class McpCommand implements Callable<Integer> {
  @Mixin private final ModelOptions model = new ModelOptions();
  @Mixin private final Console console = new Console();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintStream before = System.out;
    // Standard output is for the protocol alone; whatever else is printed goes to standard error.
    System.setOut(System.err);
    CommandLine command = spec.commandLine();
    command.setOut(command.getErr());
    if (console.terminal().isPresent()) {
      console.warn("a program should start this command; Ctrl-D ends it");
    }
    try {
      // A PrintStream would hide that the program is gone.
      McpStdio.serve(this::load, System.in, new FileOutputStream(FileDescriptor.out));
    } finally {
      System.setOut(before);
    }
    return 0;
  }

  /** Loads the model; the client shows errors as they are, without usage. */
  private Pipeline load() {
    try {
      return model.load(model.open(console), console);
    } catch (ParameterException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
