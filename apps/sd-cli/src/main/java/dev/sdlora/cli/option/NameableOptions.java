package dev.sdlora.cli.option;

import dev.sdlora.api.Style;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for files that JSON requests can name, in addition to LoRAs and checkpoints. */
@Heading("Files that requests can name")
public final class NameableOptions {
  @Option(
      names = "--control-dir",
      paramLabel = "DIR",
      description = "Folder with ControlNets and T2I-Adapters for requests; repeatable.")
  private List<Path> controlNets = new ArrayList<>();

  @Option(
      names = "--styles",
      paramLabel = "FILE",
      description = "A1111 styles.csv with styles for requests.")
  private Optional<Path> styles = Optional.empty();

  public List<Path> controlNetFolders() {
    return controlNets;
  }

  /** Reads the styles of the file; empty without a file. */
  public List<Style> styles() {
    return styles.map(Style::readAll).orElse(List.of());
  }
}
