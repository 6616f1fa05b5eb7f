package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.api.value.FileReason;
import dev.sdlora.pipeline.image.PngFiles;
import dev.sdlora.training.report.LossPlot;
import dev.sdlora.training.report.Losses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes and deletes small files of a training run. Stateless. */
final class RunFiles {
  private static final Logger LOG = LoggerFactory.getLogger(RunFiles.class);

  private RunFiles() {}

  /**
   * Plots losses into a file, which is written atomically.
   *
   * @throws TrainingException if it cannot be written
   */
  static void lossPlot(Path file, String title, float[] losses) {
    try {
      PngFiles.save(LossPlot.draw(title, losses, Losses.WINDOW), file);
    } catch (ImageFileException e) {
      throw new TrainingException(
          "loss plot '%s' cannot be written: %s".formatted(file, e.getMessage()),
          ErrorDetails.in(file),
          e);
    }
  }

  /**
   * Creates the folder of a file if it is missing.
   *
   * @throws TrainingException if it cannot be created
   */
  static void makeFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new TrainingException(
          "folder '%s' cannot be created: %s".formatted(folder, FileReason.of(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  /** Returns the free bytes of the disk that a file will be written to. */
  static long usableSpace(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    try {
      return folder == null ? Long.MAX_VALUE : Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      LOG.debug("the free space of {} is unknown", folder, e);
      return Long.MAX_VALUE;
    }
  }

  /** Deletes a file if it exists. */
  static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("could not delete {}", file, e);
    }
  }
}
