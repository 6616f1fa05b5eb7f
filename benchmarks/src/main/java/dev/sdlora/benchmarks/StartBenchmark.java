package dev.sdlora.benchmarks;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures the time from the start of a process to a ready pipeline, and to an image of the
 * command-line tool. The reference of the first is {@link StartedProcess#FLOOR the time to read and
 * convert the checkpoint's bytes}. Every figure is from new processes, which alternate; a first
 * round, which fills the page cache, does not count.
 *
 * <p>The command-line tool is measured, too, if it has been packaged in {@code
 * apps/sd-cli/target/app} of the working directory ({@code --sd 0} skips it).
 */
public final class StartBenchmark {
  private static final Path LAUNCHER = Path.of("apps/sd-cli/target/app/bin/sd").toAbsolutePath();

  private static final String HELP = "sd --help";
  private static final String PICTURE = "sd generate, demo model, 128², 20 steps";

  /** In multiples of the floor. */
  private static final double READY_AIM = 2;

  /** In seconds. */
  private static final Map<String, Double> APPLICATION_AIMS =
      new TreeMap<>(Map.of(HELP, 0.4, PICTURE, 2.5));

  private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
  private final Path checkpoint;
  private final int bits;

  private StartBenchmark(Path checkpoint, int bits) {
    this.checkpoint = checkpoint;
    this.bits = bits;
  }

  /** Runs the benchmark: {@code CHECKPOINT [--bits 32|16] [--rounds N] [--sd 0|1]}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments =
        Arguments.parse(
            args,
            "StartBenchmark CHECKPOINT [--bits 32|16] [--rounds N] [--sd 0|1]",
            Map.of("--bits", 16, "--rounds", 5, "--sd", 1));
    FigureTable.print(run(arguments));
  }

  /** Measures all kinds of starts. */
  static List<Figure> run(Arguments arguments) throws IOException, InterruptedException {
    StartBenchmark benchmark = new StartBenchmark(arguments.file(), arguments.number("--bits"));
    for (int i = 0; i <= arguments.number("--rounds"); i++) {
      if (i == 1) {
        benchmark.seconds.clear();
      }
      benchmark.round(arguments.isOn("--sd"));
    }
    return benchmark.figures(Arguments.name(arguments.type()));
  }

  private void round(boolean withSd) throws IOException, InterruptedException {
    for (String work : StartedProcess.WORKS) {
      runJava(work);
    }
    if (withSd && Files.isExecutable(LAUNCHER)) {
      runSd(HELP, "--help");
      Path image = Files.createTempFile("start", ".png");
      runSd(
          PICTURE,
          "generate",
          "a red star",
          "--steps",
          "20",
          "--seed",
          "1",
          "--out",
          image.toString());
      Files.delete(image);
    }
  }

  /** Starts a JVM like this one, which prints the time to reach each stage. */
  private void runJava(String work) throws IOException, InterruptedException {
    String printed =
        run(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            StartedProcess.class.getName(),
            work,
            checkpoint.toString(),
            Integer.toString(bits),
            Long.toString(System.currentTimeMillis()));
    for (String line : printed.lines().toList()) {
      int tab = line.indexOf('\t');
      note(work + ": " + line.substring(0, tab), Double.parseDouble(line.substring(tab + 1)));
    }
  }

  private void runSd(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(arguments));
    long start = System.nanoTime();
    run(command.toArray(String[]::new));
    note(name, (System.nanoTime() - start) / 1e9);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + process.exitValue());
    }
    return printed;
  }

  private void note(String name, double value) {
    seconds.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  private List<Figure> figures(String format) {
    double floor = median(StartedProcess.FLOOR + ": " + StartedProcess.CONVERTED);
    String floorText = "reading and converting all bytes, " + Figure.seconds(floor);
    List<Figure> figures = new ArrayList<>();
    for (String name : seconds.keySet()) {
      double median = median(name);
      if (name.startsWith(StartedProcess.READY) || name.startsWith(StartedProcess.STAGES)) {
        Figure figure =
            Figure.multiple(
                "start, " + format + ", " + name,
                Figure.seconds(median),
                floorText,
                median / floor);
        figures.add(name.startsWith(StartedProcess.READY) ? figure.aim(READY_AIM) : figure);
      }
    }
    APPLICATION_AIMS.forEach(
        (name, aim) -> {
          if (seconds.containsKey(name)) {
            figures.add(
                Figure.multiple(name, Figure.seconds(median(name)), aim + " s", median(name) / aim)
                    .aim(1));
          }
        });
    return figures;
  }

  private double median(String name) {
    List<Double> sorted =
        seconds.getOrDefault(name, List.of(Double.NaN)).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
