package dev.sdlora.benchmarks;

import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures all figures of docs/evidence/measurements.md and prints them as one table, after a
 * description of the machine and the commit. Each benchmark runs in a process of its own. Ratios
 * refer to the limits measured in the same process, so they can be compared between machines.
 *
 * <ul>
 *   <li>{@code --sd15 FILE}: a checkpoint of SD 1.5; by default one with random weights is written
 *       to a temporary folder and deleted at the end.
 *   <li>{@code --sdxl [FILE]}: also measures SDXL; without a file, one is written likewise.
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
    if (options.quick()) {
      return write(MeasuredRun.Model.SD15, ModelConfig.TINY);
    }
    return switch (model) {
      case SD15 -> given(options.sd15(), model, ModelConfig.SD15);
      case SDXL -> given(options.sdxl(), model, ModelConfig.SDXL);
      case DEMO -> DemoModel.checkpoint();
    };
  }

  private Path given(@Nullable Path file, MeasuredRun.Model model, ModelConfig config) {
    return file == null ? write(model, config) : file;
  }

  private Path write(MeasuredRun.Model model, ModelConfig config) {
    return written.computeIfAbsent(
        model,
        key -> {
          Path file = folder.resolve(key.name() + ".safetensors");
          WriteFullSizeCheckpoint.write(config, 1, file, done -> {});
          return file;
        });
  }

  private void delete() throws IOException {
    for (Path file : written.values()) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
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
