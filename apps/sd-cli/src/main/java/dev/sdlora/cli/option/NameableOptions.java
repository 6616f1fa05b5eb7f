package dev.sdlora.cli.option;

import dev.sdlora.api.Style;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.Heading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for files that JSON requests can name, in addition to LoRAs and checkpoints. */
@Heading("Files that requests can name")
public final class NameableOptions {
  private static final Path USUAL_STYLES = Path.of("styles.csv");

  @Option(
      names = "--control-dir",
      paramLabel = "DIR",
      description = "Folder with ControlNets and T2I-Adapters for requests; repeatable.")
  private List<Path> controlNets = new ArrayList<>();

  @Option(
      names = "--styles",
      paramLabel = "FILE",
      description = "A1111 styles file with styles for requests. Default: styles.csv, if there.")
  private Optional<Path> styles = Optional.empty();

  public List<Path> controlNetFolders() {
    return controlNets;
  }

  /** Reads the styles of the given file, else of {@link #stylesFile}. */
  public List<Style> styles(Console console) {
    return styles
        .or(() -> stylesFile(console).filter(Files::exists))
        .map(Style::readAll)
        .orElse(List.of());
  }

  /**
   * Returns the file for styles, which may be missing; empty if the default one, which nobody gave,
   * is something else, such as another program's table.
   */
  public Optional<Path> stylesFile(Console console) {
    if (styles.filter(given -> !Files.exists(given)).isPresent()) {
      console.warn(
          "styles file '%s' does not exist yet; the first style that is saved creates it"
              .formatted(styles.get()));
    }
    if (styles.isPresent() || !Files.exists(USUAL_STYLES)) {
      return styles.or(() -> Optional.of(USUAL_STYLES));
    }
    try {
      Style.readAll(USUAL_STYLES);
      return Optional.of(USUAL_STYLES);
    } catch (StableDiffusionException e) {
      console.warn(e.getMessage() + "; requests can name no styles (--styles names another file)");
      return Optional.empty();
    }
  }
}
