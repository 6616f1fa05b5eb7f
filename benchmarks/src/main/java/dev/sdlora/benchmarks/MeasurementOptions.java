package dev.sdlora.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@link Measurements}.
 *
 * @param sd15 a checkpoint; null to write one
 * @param sdxl a checkpoint; null to write one
 * @param withSdxl whether SDXL is measured
 * @param runs the runs, in the order of the table
 * @param quick whether a tiny model replaces all models
 * @param earlier the figures to compare with; null for none
 */
record MeasurementOptions(
    @Nullable Path sd15,
    @Nullable Path sdxl,
    boolean withSdxl,
    List<MeasuredRun> runs,
    boolean quick,
    @Nullable List<Figure> earlier) {
  static final String USAGE =
      "Measurements [--sd15 FILE] [--sdxl [FILE]] [--only NAME,...] [--quick] [--compare FILE]";

  /** Copies the list. */
  MeasurementOptions {
    runs = List.copyOf(runs);
  }

  /**
   * Parses a command line and reads the earlier figures, so that mistakes are reported before
   * minutes of measuring.
   *
   * @throws IllegalArgumentException if the command line is invalid, or a file is missing or
   *     malformed
   */
  static MeasurementOptions parse(String... words) {
    Path sd15 = null;
    Path sdxl = null;
    boolean withSdxl = false;
    boolean quick = false;
    String only = "";
    List<Figure> earlier = null;
    for (int i = 0; i < words.length; i++) {
      String option = words[i];
      boolean hasValue = i + 1 < words.length && !words[i + 1].startsWith("--");
      switch (option) {
        case "--quick" -> quick = true;
        case "--sd15" -> sd15 = file(option, value(words, ++i));
        case "--only" -> only = value(words, ++i);
        case "--compare" -> earlier = FigureTable.read(file(option, value(words, ++i)));
        case "--sdxl" -> {
          withSdxl = true;
          if (hasValue) {
            sdxl = file(option, value(words, ++i));
          }
        }
        default -> throw new IllegalArgumentException("no option " + option + "; usage: " + USAGE);
      }
    }
    return new MeasurementOptions(sd15, sdxl, withSdxl, runs(only, withSdxl), quick, earlier);
  }

  private static String value(String[] words, int at) {
    if (at >= words.length || words[at].startsWith("--")) {
      throw new IllegalArgumentException(words[at - 1] + " needs a value; usage: " + USAGE);
    }
    return words[at];
  }

  private static Path file(String option, String written) {
    Path file = Path.of(written);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(option + ": file not found: " + file);
    }
    return file;
  }

  private static List<MeasuredRun> runs(String only, boolean withSdxl) {
    List<MeasuredRun> all =
        MeasuredRun.all().stream()
            .filter(run -> withSdxl || run.model() != MeasuredRun.Model.SDXL)
            .toList();
    if (only.isEmpty()) {
      return all.stream().filter(MeasuredRun::standard).toList();
    }
    List<MeasuredRun> chosen = new ArrayList<>(all);
    List<String> beginnings = List.of(only.split(",", -1));
    for (String beginning : beginnings) {
      if (all.stream().noneMatch(run -> run.name().startsWith(beginning))) {
        throw new IllegalArgumentException(
            "--only: no run starts with \""
                + beginning
                + "\"; there are "
                + String.join(", ", all.stream().map(MeasuredRun::name).toList())
                + (withSdxl ? "" : ", and with --sdxl some more"));
      }
    }
    chosen.removeIf(run -> beginnings.stream().noneMatch(run.name()::startsWith));
    return chosen;
  }
}
