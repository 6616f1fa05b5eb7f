package dev.sdlora.cli.model;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.StableDiffusionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The first checkpoint in folders, in the order of their paths. */
final class FirstCheckpoint {
  private static final Set<String> ENDINGS = Set.of("safetensors", "ckpt", "gguf", "pt", "pth");
  private static final int DEPTH = 6;

  private FirstCheckpoint() {}

  /**
   * Opens it; other files are skipped.
   *
   * @throws IllegalArgumentException if a folder cannot be read
   */
  static Optional<Checkpoint> in(List<Path> folders) {
    return folders.stream()
        .flatMap(folder -> files(folder).stream())
        .flatMap(FirstCheckpoint::open)
        .findFirst();
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      return all.filter(FirstCheckpoint::mayBeOne).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "cannot read the folder '%s' (--checkpoint-dir)".formatted(folder), e);
    }
  }

  private static boolean mayBeOne(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))
        ? Files.isRegularFile(path)
        : Files.isRegularFile(path.resolve("model_index.json"));
  }

  private static Stream<Checkpoint> open(Path path) {
    try {
      return Stream.of(Checkpoint.open(path));
    } catch (StableDiffusionException e) {
      return Stream.empty();
    }
  }
}
