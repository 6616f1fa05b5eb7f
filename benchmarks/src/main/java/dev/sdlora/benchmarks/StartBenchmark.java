package dev.sdlora.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long does it take from the start of a process to a pipeline that is ready, and how long to a
 * picture of the command line? The measure of the first is {@link StartedProcess#FLOOR the time in
 * which the bytes of the checkpoint can be read and converted}. Every figure is that of new
 * processes, which take turns; a first round, which fills the page cache, does not count.
 *
 * <p>The command line is measured if it is packaged in {@code sd-cli/target/app} of the working
 * directory.
 */
public final class StartBenchmark {
  private static final Path LAUNCHER = Path.of("sd-cli/target/app/bin/sd").toAbsolutePath();

  private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
  private final Path checkpoint;
  private final int bits;

  private StartBenchmark(Path checkpoint, int bits) {
    this.checkpoint = checkpoint;
    this.bits = bits;
  }

  /** Runs the benchmark: {@code CHECKPOINT [--bits 32|16] [--rounds N]}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Arguments arguments =
        Arguments.parse(
            args,
            "StartBenchmark CHECKPOINT [--bits 32|16] [--rounds N]",
            Map.of("--bits", 16, "--rounds", 5));
    run(arguments.file(), arguments.number("--bits"), arguments.number("--rounds"), System.out);
  }

  /** Measures and prints a table. */
  static void run(Path checkpoint, int bits, int rounds, PrintStream out)
      throws IOException, InterruptedException {
    StartBenchmark benchmark = new StartBenchmark(checkpoint, bits);
    for (int i = 0; i <= rounds; i++) {
      if (i == 1) {
        benchmark.seconds.clear();
      }
      benchmark.round();
    }
    benchmark.print(out);
  }

  private void round() throws IOException, InterruptedException {
    for (String work : StartedProcess.WORKS) {
      runJava(work);
    }
    if (Files.isExecutable(LAUNCHER)) {
      runSd("sd --help", "--help");
      Path picture = Files.createTempFile("start", ".png");
      runSd(
          "sd generate, 20 steps",
          "generate",
          "a red star",
          "--steps",
          "20",
          "--seed",
          "1",
          "--out",
          picture.toString());
      Files.delete(picture);
    }
  }

  /** Starts a JVM like this one, which prints what it took from its start to each stage. */
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

  private void print(PrintStream out) {
    String floor = StartedProcess.FLOOR + ": " + StartedProcess.CONVERTED;
    double[] unit = {best(floor), median(floor)};
    out.printf("%-44s %8s %8s %18s%n", "", "best s", "median s", "in floors");
    seconds
        .keySet()
        .forEach(
            name -> {
              String floors =
                  name.startsWith("sd ")
                      ? ""
                      : String.format(
                          Locale.ROOT, "%9.2f %8.2f", best(name) / unit[0], median(name) / unit[1]);
              out.printf(
                  Locale.ROOT, "%-44s %8.3f %8.3f %18s%n", name, best(name), median(name), floors);
            });
  }

  private double best(String name) {
    return sorted(name).get(0);
  }

  private double median(String name) {
    List<Double> values = sorted(name);
    return values.get(values.size() / 2);
  }

  private List<Double> sorted(String name) {
    return seconds.getOrDefault(name, List.of(Double.NaN)).stream().sorted().toList();
  }
}
