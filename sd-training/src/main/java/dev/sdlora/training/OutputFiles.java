package dev.sdlora.training;

import dev.sdlora.training.plot.LossPlot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import javax.imageio.ImageIO;
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
    Path target = file.toAbsolutePath();
    Path partial = target.resolveSibling(".plot-" + UUID.randomUUID() + ".part");
    try {
      ImageIO.write(LossPlot.draw(title, losses, Losses.WINDOW), "png", partial.toFile());
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new TrainingException(
          "loss plot '%s' cannot be written: %s".formatted(file, e.getMessage()), e);
    } finally {
      discard(partial);
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
