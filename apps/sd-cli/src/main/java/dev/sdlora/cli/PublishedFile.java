package dev.sdlora.cli;

import dev.sdlora.models.ModelStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Files that arguments name by where they are published, {@code hf:owner/repo}. They are gotten
 * when they are needed; the terminal is told how far that is.
 */
final class PublishedFile {
  private static final double MEGA = 1e6;

  private PublishedFile() {}

  /** The file of an argument that is a path or a reference. */
  static Path path(String argument, Console console) {
    return ModelStore.isReference(argument)
        ? get(argument, Optional.empty(), false, console)
        : Path.of(argument);
  }

  /**
   * Gets a file.
   *
   * @param folder where it is to lie; empty for a place of the store
   * @param offline whether nobody may be asked, whatever the environment says
   */
  static Path get(String reference, Optional<Path> folder, boolean offline, Console console) {
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

  /** Such as {@code model.safetensors [###---] 120 of 2133 MB, 35.2 MB/s, 0:57 left}. */
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

  /** For options whose terminal is that of a command. */
  static Optional<Path> path(Optional<String> argument, Console console) {
    return argument.map(text -> path(text, console));
  }
}
