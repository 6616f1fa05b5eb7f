package dev.sdlora.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs targets under Jazzer, one after another, each in a process with 256 MB of heap, starting
 * from the inputs in {@code corpus} and those that earlier runs found. Inputs that break a target
 * are saved in {@code target/fuzz/findings}.
 */
public final class Campaign {
  private static final Path CORPUS = Path.of("corpus");
  private static final Path WORK = Path.of("target", "fuzz");

  /** Maximum length of inputs; problems that need longer inputs have their own tests. */
  private static final int LONGEST_INPUT = 4096;

  /**
   * Wall time after which a process counts as hanging. It is long because a process with low
   * priority may wait for a processor all the time; {@link Trial} detects inputs that are slow but
   * finish.
   */
  private static final int HANG_SECONDS = 300;

  /**
   * Jazzer hooks that report every character compared by a regular expression. They take more time
   * than everything else; our expressions search for short texts, which are in the corpus.
   */
  private static final String EXPRESSIONS =
      "com.code_intelligence.jazzer.sanitizers.RegexRoadblocks";

  /** Jazzer hooks that report every compared text, and map keys that were not found. */
  private static final String TEXTS = "com.code_intelligence.jazzer.runtime.TraceCmpHooks";

  private Campaign() {}

  /**
   * Runs the program: {@code SECONDS EXECUTIONS TARGETS TEXTS}. Each target runs until one of the
   * two limits is reached; 0 means no limit. Targets are {@code all}, or names separated by commas.
   * With {@code true} as the last argument, compared texts are reported to the fuzzer, so that each
   * execution finds more; with {@code false}, many times as many executions are possible, guided by
   * coverage and compared numbers.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> names =
        args[2].equals("all")
            ? FuzzTargets.all().stream().map(Target::name).toList()
            : Arrays.asList(args[2].split(",", -1));
    names.forEach(FuzzTargets::named);
    Files.createDirectories(WORK.resolve("findings"));
    Path figures = WORK.resolve("figures.md");
    Files.writeString(figures, Figures.HEADER);
    List<String> broken = new ArrayList<>();
    for (String name : names) {
      if (run(name, args[0], args[1], Boolean.parseBoolean(args[3]), figures) != 0) {
        broken.add(name);
      }
    }
    System.out.print(Files.readString(figures));
    if (!broken.isEmpty()) {
      System.err.println("broken: " + broken + "; see " + WORK.toAbsolutePath());
      System.exit(1);
    }
  }

  private static int run(
      String name, String seconds, String executions, boolean texts, Path figures)
      throws IOException, InterruptedException {
    Path found = Files.createDirectories(WORK.resolve("found").resolve(name));
    List<String> command = new ArrayList<>(java(figures));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.addAll(
        List.of(
            "--target_class=" + Fuzz.class.getName(),
            "--target_args=" + name,
            "--instrumentation_includes=dev.sdlora.**",
            "--disabled_hooks=" + EXPRESSIONS + (texts ? "" : ":" + TEXTS),
            "--reproducer_path=" + WORK.resolve("findings"),
            "-artifact_prefix=" + WORK.resolve("findings").resolve(name + "-"),
            "-max_total_time=" + seconds,
            "-timeout=" + HANG_SECONDS,
            "-max_len=" + LONGEST_INPUT,
            "-rss_limit_mb=0",
            "-print_final_stats=1"));
    if (!executions.equals("0")) {
      command.add("-runs=" + executions);
    }
    command.add(found.toString());
    if (Files.isDirectory(CORPUS.resolve(name))) {
      command.add(CORPUS.resolve(name).toString());
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(WORK.resolve(name + ".log").toFile())
        .start()
        .waitFor();
  }

  private static List<String> java(Path figures) {
    return Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Djava.awt.headless=true",
            "-Dsdlora.fuzz.figures=" + figures,
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
            "-classpath",
            System.getProperty("java.class.path"))
        .toList();
  }
}
