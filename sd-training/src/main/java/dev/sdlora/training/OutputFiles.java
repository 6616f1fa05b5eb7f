package dev.sdlora.training;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.ImageFileException;
import dev.sdlora.pipeline.image.PngFiles;
import dev.sdlora.training.plot.LossPlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Small files that a training writes and removes. Stateless. */
final class OutputFiles {
  private static final Logger LOG = LoggerFactory.getLogger(OutputFiles.class);

  private OutputFiles() {}

  /**
   * Draws losses into a file, which appears whole or not at all.
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
   * Makes the folder of a file if it is missing.
   *
   * @throws TrainingException if it cannot be made
   */
  static void makeFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new TrainingException(
          "folder '%s' cannot be made: %s".formatted(folder, e), ErrorDetails.in(file), e);
    }
  }

  /** Removes a file if it is there. */
  static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("could not delete {}", file, e);
    }
  }
}
