package dev.sdlora.server.cluster;

import dev.sdlora.api.Pipeline;
import dev.sdlora.models.FrontFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the folders of a worker. */
public final class WorkerFiles {
  private WorkerFiles() {}

  /**
   * Creates the models of a worker.
   *
   * @param own folders with files of this machine
   * @param cache the folder for downloaded files; empty for that of the user
   * @param front where missing files are gotten
   * @param places the number of jobs at once
   * @param settings sets the device, the precision and so on of each pipeline
   */
  public static FetchedModels models(
      List<Path> own,
      Optional<Path> cache,
      Optional<FrontFiles> front,
      int places,
      Consumer<Pipeline.Builder> settings) {
    try {
      Path files =
          cache
              .orElseGet(
                  () -> Path.of(System.getProperty("user.home"), ".cache", "sd-lora", "files"))
              .toAbsolutePath();
      Files.createDirectories(files);
      return new FetchedModels(
          new FileSupply(own, files, front), FileView.in(files), places, settings);
    } catch (IOException e) {
      throw new UncheckedIOException("the cache of this worker cannot be written", e);
    }
  }
}
