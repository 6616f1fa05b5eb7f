package dev.sdlora.cli;

import dev.sdlora.api.Picture;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The picture that a command draws beside its table. */
final class ChartOption {
  @Option(
      names = "--chart",
      paramLabel = "FILE.png",
      description = "Draw the blocks as bars into a picture.")
  private Optional<Path> file = Optional.empty();

  /**
   * Finds mistakes before the work and not after it.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .png}
   * @throws dev.sdlora.api.ImageFileException if its folder cannot be made or written into
   */
  void check() {
    OutputFiles.requirePng("--chart", file);
  }

  /** Whether there is anything to draw. */
  boolean isWanted() {
    return file.isPresent();
  }

  /** Draws, if that was asked for. */
  void write(Supplier<BufferedImage> chart) {
    file.ifPresent(png -> Picture.of(chart.get()).savePng(png));
  }
}
