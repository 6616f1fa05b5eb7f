package dev.sdlora.cli.option;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.cli.report.OutputFiles;
import dev.sdlora.training.report.BarChart;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The option to save a command's table as a chart. */
public final class ChartOption {
  @Option(
      names = "--chart",
      paramLabel = "FILE.png",
      description = "PNG file for a bar chart of the blocks.")
  private Optional<Path> file = Optional.empty();

  /**
   * Checks the file before the work starts.
   *
   * @throws IllegalArgumentException if the name does not end in {@code .png}
   * @throws dev.sdlora.api.error.ImageFileException if its folder cannot be created or written to
   */
  public void check() {
    OutputFiles.requirePng("--chart", file);
  }

  /** Whether a chart is requested. */
  public boolean isWanted() {
    return file.isPresent();
  }

  /** Draws the share of each block as a bar, if requested. */
  public void write(String title, List<BlockChange> blocks) {
    write(
        () -> {
          BarChart chart = new BarChart(title, List.of());
          blocks.forEach(
              block -> chart.bars(block.part().label(), block.name(), List.of(block.relative())));
          return chart.draw();
        });
  }

  /** Writes the chart, if requested. */
  public void write(Supplier<BufferedImage> chart) {
    file.ifPresent(png -> Image.of(chart.get()).savePng(png));
  }
}
