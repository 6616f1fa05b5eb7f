package dev.sdlora.batch;

import dev.sdlora.api.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the checkpoints that requests name. */
final class Checkpoints {
  private final Optional<Checkpoint> usual;
  private final List<Path> folders;

  /**
   * Creates a finder.
   *
   * @param usual the checkpoint of requests that name none
   * @param folders folders whose files and diffusers folders can be named
   */
  Checkpoints(Optional<Checkpoint> usual, List<Path> folders) {
    this.usual = usual;
    this.folders = List.copyOf(folders);
  }

  /** Returns the name of the default checkpoint. */
  Optional<String> usualName() {
    return usual.map(Checkpoint::name);
  }

  /**
   * Opens a checkpoint by its name in a folder, its path, or a reference to where it is published.
   */
  Checkpoint open(Optional<String> requested) {
    String name =
        requested.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the request has no 'checkpoint', and the batch has no default checkpoint"));
    if (usualName().equals(requested)) {
      return usual.orElseThrow();
    }
    return inFolders(name).map(Checkpoint::open).orElseGet(() -> Checkpoint.open(name));
  }

  private Optional<Path> inFolders(String name) {
    for (Path folder : folders) {
      try (Stream<Path> files = Files.list(folder)) {
        Optional<Path> found = files.sorted().filter(file -> isCalled(file, name)).findFirst();
        if (found.isPresent()) {
          return found;
        }
      } catch (IOException e) {
        throw new BatchException("cannot look for checkpoints in '%s': %s".formatted(folder, e), e);
      }
    }
    return Optional.empty();
  }

  private static boolean isCalled(Path file, String name) {
    String own = String.valueOf(file.getFileName());
    String stem = own.replaceFirst("(?i)\\.(safetensors|ckpt)$", "");
    boolean model = !stem.equals(own) || Files.isRegularFile(file.resolve("model_index.json"));
    return model && (own.equals(name) || stem.equals(name));
  }
}
