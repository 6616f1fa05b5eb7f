package dev.sdlora.cli.model;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.ProgressLine;
import dev.sdlora.cli.console.TerminalLine;
import dev.sdlora.models.ModelStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Resolves arguments that refer to published files, such as {@code hf:owner/repo}, and downloads
 * them with progress on the terminal.
 */
public final class PublishedFile {
  private static final double MEGA = 1e6;

  private PublishedFile() {}

  /** Returns the file of an argument that is a path or a reference. */
  public static Path path(String argument, Console console) {
    return ModelStore.isReference(argument)
        ? get(argument, Optional.empty(), false, console)
        : Path.of(argument);
  }

  /**
   * Downloads a file.
   *
   * @param folder the target folder; empty for the store's own
   * @param offline whether to use only local files, regardless of the environment
   */
  public static Path get(
      String reference, Optional<Path> folder, boolean offline, Console console) {
    Optional<ProgressLine> line = console.progress(false);
    ModelStore.Builder builder = ModelStore.builder();
    if (offline) {
      builder.offline(true);
    }
    line.ifPresent(shown -> builder.listener(progress -> shown.show(text(progress))));
    ModelStore store = builder.build();
    try {
      return folder.isPresent() ? store.get(reference, folder.get()) : store.get(reference);
    } finally {
      line.ifPresent(ProgressLine::end);
    }
  }

  /**
   * Returns a text such as {@code model.safetensors [###---] 120 of 2133 MB, 35.2 MB/s, 0:57 left}.
   */
  static String text(ModelStore.Progress progress) {
    StringBuilder text = new StringBuilder(progress.name());
    progress
        .total()
        .ifPresent(
            total ->
                text.append(' ').append(TerminalLine.bar(progress.bytes(), Math.max(1, total))));
    text.append(String.format(Locale.ROOT, " %.0f", progress.bytes() / MEGA));
    progress
        .total()
        .ifPresent(total -> text.append(String.format(Locale.ROOT, " of %.0f", total / MEGA)));
    text.append(String.format(Locale.ROOT, " MB, %.1f MB/s", progress.bytesPerSecond() / MEGA));
    progress.left().ifPresent(left -> text.append(", ").append(TerminalLine.left(left)));
    return text.toString();
  }

  /** Returns the file of an optional argument. */
  public static Optional<Path> path(Optional<String> argument, Console console) {
    return argument.map(text -> path(text, console));
  }
}
