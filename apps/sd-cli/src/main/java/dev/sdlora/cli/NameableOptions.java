package dev.sdlora.cli;

import dev.sdlora.api.Style;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options for what requests that come as JSON can name, beside LoRAs and checkpoints. */
@Heading("What requests can name")
final class NameableOptions {
  @Option(
      names = "--control-dir",
      paramLabel = "DIR",
      description = "Folder with ControlNets and T2I-Adapters that can be named; repeatable.")
  private List<Path> controlNets = new ArrayList<>();

  @Option(
      names = "--styles",
      paramLabel = "FILE",
      description = "A styles.csv of A1111 with styles that can be named.")
  private Optional<Path> styles = Optional.empty();

  List<Path> controlNetFolders() {
    return controlNets;
  }

  /** Those of the file, which is read now; none if there is no file. */
  List<Style> styles() {
    return styles.map(Style::readAll).orElse(List.of());
  }
}
