package dev.sdlora.cli;

import dev.sdlora.api.LoraAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The LoRAs that a command is about. */
final class LoraArguments {
  @Parameters(
      arity = "1..*",
      paramLabel = "LORA",
      description =
          "LoRA files, or names as prompts use them: of LoRAs in --lora-dir, or of the bundled ones.")
  private List<String> names = List.of();

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description = "Folder in which to look for names; repeatable. Default: the bundled LoRAs.")
  private List<Path> folders = new ArrayList<>();

  /** Opens them all before any work begins. A file goes before a name. */
  List<LoraAdapter> open(Console console) {
    return names.stream().map(name -> LoraReference.open(name, folders, console)).toList();
  }
}
