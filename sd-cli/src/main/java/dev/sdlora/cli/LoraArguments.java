package dev.sdlora.cli;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import java.nio.file.Files;
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
      description = "LoRA files, or names as prompts use them with --lora-dir.")
  private List<String> names = List.of();

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description = "Folder in which to look for names; repeatable.")
  private List<Path> folders = new ArrayList<>();

  /** Opens them all before any work begins. A file goes before a name. */
  List<LoraAdapter> open() {
    LoraLibrary library = LoraLibrary.open(folders);
    return names.stream().map(name -> open(name, library)).toList();
  }

  private LoraAdapter open(String name, LoraLibrary library) {
    Path file = Path.of(name);
    return folders.isEmpty() || Files.exists(file) ? LoraAdapter.open(file) : library.find(name);
  }
}
