package dev.sdlora.benchmarks;

import dev.sdlora.benchmarks.figure.Comparison;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.benchmarks.figure.Machine;
import dev.sdlora.benchmarks.model.FlowCheckpoint;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.FlowModels;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures all figures of docs/evidence/measurements.md and prints them as one table, after a
 * description of the machine and the commit. Each benchmark runs in a process of its own. Ratios
 * refer to the limits measured in the same process, so they can be compared between machines.
 *
 * <ul>
 *   <li>{@code --sd15 FILE}: a checkpoint of SD 1.5; by default one with random weights is written
 *       to a temporary folder and deleted at the end.
 *   <li>{@code --sdxl [FILE]}, {@code --klein [FILE]}, {@code --z-image [FILE]}: also measures
 *       SDXL, FLUX.2 klein or Z-Image; without a file, one is written likewise.
 *   <li>{@code --only NAME,...}: runs whose names start with these words. Some take minutes and run
 *       only if they are named: most images of 1024² ({@code memory}), DeepCache and token merging
 *       ({@code reuse}).
 *   <li>{@code --quick}: uses a tiny model for all runs, to try the command.
 *   <li>{@code --compare FILE}: a text with a table printed by this program; ratios that are worse
 *       by more than 10 % are marked and listed below the table.
 * </ul>
 *
 * <p>The exit code is 1 if a ratio fell or a run failed, and 2 if the command line is invalid.
 */
public final class Measurements {
  private final MeasurementOptions options;
  private final PrintStream log;
  private final Path folder;
  private final Map<MeasuredRun.Model, Path> written = new EnumMap<>(MeasuredRun.Model.class);
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  private Measurements(MeasurementOptions options, PrintStream log, Path folder) {
    this.options = options;
    this.log = log;
    this.folder = folder;
  }

  /** Runs the program. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int code = run(new PrintStream(System.out, true, StandardCharsets.UTF_8), System.err, args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /**
   * Measures and prints.
   *
   * @param out receives the table
   * @param log receives progress and errors
   * @param words the arguments
   * @return the exit code
   */
  static int run(PrintStream out, PrintStream log, String... words)
      throws IOException, InterruptedException {
    MeasurementOptions options;
    try {
      options = MeasurementOptions.parse(words);
    } catch (IllegalArgumentException e) {
      log.println(e.getMessage());
      return 2;
    }
    String machine = Machine.describe();
    Path folder = Files.createTempDirectory("measurements");
    Measurements measurements = new Measurements(options, log, folder);
    try {
      measurements.measure();
    } finally {
      measurements.delete();
    }
    out.println(machine + '.');
    out.println();
    return measurements.print(out);
  }

  private void measure() throws IOException, InterruptedException {
    for (MeasuredRun run : options.runs()) {
      long start = System.nanoTime();
      try {
        figures.addAll((options.quick() ? run.quick() : run).measure(file(run.model())));
      } catch (IllegalArgumentException | IllegalStateException e) {
        // Continue: the other runs may have taken minutes.
        log.println(e.getMessage());
        failed.add(run.name());
      }
      log.println(run.name() + ": " + Figure.seconds((System.nanoTime() - start) / 1e9));
    }
  }

  /** Returns the checkpoint of a model; writes one if none was given. */
  private Path file(MeasuredRun.Model model) throws IOException {
    Path given = options.files().get(model);
    if (given != null && !options.quick()) {
      return given;
    }
    if (model == MeasuredRun.Model.DEMO && !options.quick()) {
      return DemoModel.checkpoint();
    }
    return written.computeIfAbsent(model, this::write);
  }

  private Path write(MeasuredRun.Model model) {
    boolean quick = options.quick();
    return switch (model) {
      case SD15, DEMO -> write(model, quick ? ModelConfig.TINY : ModelConfig.SD15);
      case SDXL -> write(model, quick ? ModelConfig.TINY : ModelConfig.SDXL);
      case KLEIN -> write(quick ? FlowModels.TINY_FLUX2 : FlowModels.KLEIN);
      case Z_IMAGE -> write(quick ? FlowModels.TINY_Z_IMAGE : FlowModels.Z_IMAGE);
    };
  }

  private Path write(MeasuredRun.Model model, ModelConfig config) {
    Path file = folder.resolve(model.name() + ".safetensors");
    WriteFullSizeCheckpoint.write(config, 1, file, done -> {});
    return file;
  }

  private Path write(FlowConfig config) {
    return FlowCheckpoint.write(config, 1, folder.resolve("models"), file -> {});
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private int print(PrintStream out) {
    List<Figure> earlier = options.earlier();
    boolean fell = false;
    if (earlier == null) {
      FigureTable.print(figures, out);
    } else {
      Comparison comparison = new Comparison(figures, earlier);
      comparison.print(out);
      fell = comparison.anyFell();
    }
    if (!failed.isEmpty()) {
      out.println();
      out.println("Failed: " + String.join(", ", failed) + ".");
    }
    return fell || !failed.isEmpty() ? 1 : 0;
  }
}
