package dev.sdlora.cli;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.BlockChange;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The image that a command draws beside its table. */
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
   * @throws dev.sdlora.api.error.ImageFileException if its folder cannot be made or written into
   */
  void check() {
    OutputFiles.requirePng("--chart", file);
  }

  /** Whether there is anything to draw. */
  boolean isWanted() {
    return file.isPresent();
  }

  /** Draws the share of each block as a bar, if requested. */
  void write(String title, List<BlockChange> blocks) {
    write(
        () -> {
          BarChart chart = new BarChart(title, List.of());
          blocks.forEach(
              block -> chart.bars(block.part().label(), block.name(), List.of(block.relative())));
          return chart.draw();
        });
  }

  /** Draws, if requested. */
  void write(Supplier<BufferedImage> chart) {
    file.ifPresent(png -> Image.of(chart.get()).savePng(png));
  }
}
