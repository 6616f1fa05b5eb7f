package dev.sdlora.benchmarks;

import dev.sdlora.benchmarks.MeasuredRun.Model;
import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@link Measurements}.
 *
 * @param files the checkpoints that were named; others are written
 * @param runs the runs, in the order of the table
 * @param quick whether a tiny model replaces all models
 * @param earlier the figures to compare with; null for none
 */
record MeasurementOptions(
    Map<Model, Path> files, List<MeasuredRun> runs, boolean quick, @Nullable List<Figure> earlier) {
  static final String USAGE =
      "Measurements [--sd15 FILE] [--sdxl [FILE]] [--klein [FILE]] [--z-image [FILE]]"
          + " [--only NAME,...] [--quick] [--compare FILE]";

  /** The options for models that are measured on request. */
  private static final Map<String, Model> FURTHER =
      Map.of("--sdxl", Model.SDXL, "--klein", Model.KLEIN, "--z-image", Model.Z_IMAGE);

  /** Copies the map and the list. */
  MeasurementOptions {
    files = Map.copyOf(files);
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
    Map<Model, Path> files = new EnumMap<>(Model.class);
    Set<Model> models = EnumSet.of(Model.SD15, Model.DEMO);
    boolean quick = false;
    String only = "";
    List<Figure> earlier = null;
    for (int i = 0; i < words.length; i++) {
      String option = words[i];
      boolean hasValue = i + 1 < words.length && !words[i + 1].startsWith("--");
      switch (option) {
        case "--quick" -> quick = true;
        case "--sd15" -> files.put(Model.SD15, file(option, value(words, ++i)));
        case "--only" -> only = value(words, ++i);
        case "--compare" -> earlier = FigureTable.read(file(option, value(words, ++i)));
        default -> {
          Model model = FURTHER.get(option);
          if (model == null) {
            throw new IllegalArgumentException("no option " + option + "; usage: " + USAGE);
          }
          models.add(model);
          if (hasValue) {
            files.put(model, file(option, value(words, ++i)));
          }
        }
      }
    }
    return new MeasurementOptions(files, runs(only, models), quick, earlier);
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

  private static List<MeasuredRun> runs(String only, Set<Model> models) {
    List<MeasuredRun> all =
        MeasuredRun.all().stream().filter(run -> models.contains(run.model())).toList();
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
                + (models.containsAll(FURTHER.values())
                    ? ""
                    : ", and with --sdxl, --klein and --z-image some more"));
      }
    }
    chosen.removeIf(run -> beginnings.stream().noneMatch(run.name()::startsWith));
    return chosen;
  }
}
