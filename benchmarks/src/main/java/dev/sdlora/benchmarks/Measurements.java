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
 * Measures all that docs/evidence/measurements.md tells and prints it as one table, with the
 * machine and the commit above it. Each benchmark runs in a process of its own. Ratios are to what
 * the same process reached at its best, so they can be compared with those of another machine.
 *
 * <ul>
 *   <li>{@code --sd15 FILE}: a checkpoint of SD 1.5; without it one of random weights is written
 *       into a temporary folder and deleted at the end.
 *   <li>{@code --sdxl [FILE]}: SDXL is measured too; without a file likewise.
 *   <li>{@code --only NAME,...}: the runs whose names begin so. Some take minutes and run only if
 *       they are named: most images of 1024² ({@code memory}), DeepCache and token merging ({@code
 *       reuse}).
 *   <li>{@code --quick}: a tiny model in the place of all, to try the command.
 *   <li>{@code --compare FILE}: a text with a table that this program printed; ratios that are
 *       worse by more than 10 % are marked and named below the table.
 * </ul>
 *
 * <p>It ends with 1 if a ratio fell so or a run failed, and with 2 if it was called wrongly.
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
   * @param out the table
   * @param log what is going on, and mistakes
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
        // The others may be worth the minutes that they took.
        log.println(e.getMessage());
        failed.add(run.name());
      }
      log.println(run.name() + ": " + Figure.seconds((System.nanoTime() - start) / 1e9));
    }
  }

  /** The checkpoint of a model, written if none was named. */
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
