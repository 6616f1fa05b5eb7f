package dev.sdlora.benchmarks;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.figure.FigureTable;
import dev.sdlora.pipeline.speed.ProductRate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A benchmark on a model with its options, which runs in its own process so that runs do not share
 * memory or compiled code.
 *
 * @param name the name to select it
 * @param benchmark the class that prints a {@link FigureTable}
 * @param model the model
 * @param options the options
 * @param standard whether it runs by default
 */
record MeasuredRun(
    String name, Class<?> benchmark, Model model, Map<String, Integer> options, boolean standard) {

  /** The model of a run. */
  enum Model {
    SD15,
    SDXL,
    KLEIN,
    Z_IMAGE,
    DEMO
  }

  private static final int SIDE = ProductRate.SIDE;

  /** Options for a quick run on the tiny model. */
  private static final Map<String, Integer> QUICK =
      Map.of("--size", 64, "--rounds", 1, "--gemm", 64, "--steps", 1, "--rank", 2);

  /** Copies the options. */
  MeasuredRun {
    options = new LinkedHashMap<>(options);
  }

  /** Returns all runs, in the order of the table. */
  static List<MeasuredRun> all() {
    List<MeasuredRun> runs = new ArrayList<>();
    runs.add(of("ceilings", CeilingsBenchmark.class, "--gemm", SIDE, "--rounds", 5));
    runs.add(
        of("widening", WideningBenchmark.class, "--size", 9216, "--tokens", 1536, "--rounds", 9));
    for (int bits : List.of(32, 16)) {
      for (int size : List.of(256, 512)) {
        runs.add(unet("unet", Model.SD15, size, bits, 2));
      }
    }
    runs.add(unet("sdxl-unet", Model.SDXL, 1024, 16, 1));
    for (int bits : List.of(32, 16)) {
      runs.add(
          of(
              "vae-" + bits,
              VaeBenchmark.class,
              "--bits",
              bits,
              "--size",
              512,
              "--rounds",
              1,
              "--plain",
              0,
              "--encode",
              0,
              "--gemm",
              SIDE));
    }
    runs.add(
        new MeasuredRun(
            "reuse",
            ReuseBenchmark.class,
            Model.SD15,
            options("--bits", 16, "--size", 512, "--rounds", 2, "--branches", 3, "--merge", 50),
            false));
    for (int bits : List.of(32, 16)) {
      runs.add(
          of(
              "lora-" + bits,
              FullModelPatchBenchmark.class,
              "--bits",
              bits,
              "--rank",
              16,
              "--rounds",
              5,
              "--gemm",
              SIDE));
    }
    for (int bits : List.of(32, 16)) {
      runs.add(
          of(
              "overlay-" + bits,
              OverlayBenchmark.class,
              "--bits",
              bits,
              "--size",
              bits == 16 ? 512 : 256,
              "--rank",
              16,
              "--rounds",
              2));
    }
    for (int bits : List.of(32, 16)) {
      runs.add(
          of(
              "start-" + bits,
              StartBenchmark.class,
              "--bits",
              bits,
              "--rounds",
              3,
              "--sd",
              bits == 16 ? 1 : 0));
    }
    for (int bits : List.of(16, 32)) {
      for (int size : List.of(512, 1024)) {
        for (int sparing : List.of(0, 1)) {
          runs.add(image("memory", Model.SD15, size, bits, sparing));
        }
      }
    }
    for (int size : List.of(512, 1024)) {
      for (int sparing : List.of(0, 1)) {
        runs.add(image("sdxl-memory", Model.SDXL, size, 16, sparing));
      }
    }
    runs.add(
        new MeasuredRun(
            "requests-demo",
            RequestsBenchmark.class,
            Model.DEMO,
            options("--bits", 32, "--size", 128, "--steps", 10, "--rank", 8, "--rounds", 3),
            true));
    runs.add(
        of(
            "requests-full",
            RequestsBenchmark.class,
            "--bits",
            16,
            "--size",
            256,
            "--steps",
            4,
            "--rank",
            16,
            "--rounds",
            1));
    runs.addAll(flow("klein", Model.KLEIN, 4));
    runs.addAll(flow("z-image", Model.Z_IMAGE, 8));
    return runs;
  }

  /** Creates the runs of a model with a transformer. */
  private static List<MeasuredRun> flow(String name, Model model, int steps) {
    Map<String, Integer> both =
        options("--size", 512, "--text", 512, "--rank", 16, "--rounds", 1, "--bits", 16);
    Map<String, Integer> large =
        options("--size", 1024, "--text", 0, "--rank", 0, "--rounds", 1, "--bits", 16);
    Map<String, Integer> image =
        options("--bits", 16, "--size", 512, "--steps", steps, "--sparing", 1);
    return List.of(
        new MeasuredRun(name + "-512", TransformerBenchmark.class, model, both, true),
        new MeasuredRun(name + "-1024", TransformerBenchmark.class, model, large, true),
        new MeasuredRun(name + "-memory-512-sparing", ImageBenchmark.class, model, image, true));
  }

  private static MeasuredRun unet(String name, Model model, int size, int bits, int rounds) {
    return new MeasuredRun(
        "%s-%s-%s".formatted(name, bits, size),
        UNetBenchmark.class,
        model,
        options("--bits", bits, "--size", size, "--rounds", rounds, "--plain", 0, "--gemm", SIDE),
        true);
  }

  /**
   * Creates a run with images. Large images take minutes, so by default only one per model is
   * generated.
   */
  private static MeasuredRun image(String name, Model model, int size, int bits, int sparing) {
    return new MeasuredRun(
        "%s-%s-%s-%s".formatted(name, bits, size, sparing > 0 ? "sparing" : "kept"),
        ImageBenchmark.class,
        model,
        options("--bits", bits, "--size", size, "--steps", 1, "--sparing", sparing),
        size < 1024 || (bits == 16 && sparing > 0));
  }

  private static MeasuredRun of(String name, Class<?> benchmark, Object... options) {
    return new MeasuredRun(name, benchmark, Model.SD15, options(options), true);
  }

  private static Map<String, Integer> options(Object... pairs) {
    Map<String, Integer> options = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      options.put((String) pairs[i], (Integer) pairs[i + 1]);
    }
    return options;
  }

  /** Returns the same run with options that make it as quick as possible. */
  MeasuredRun quick() {
    Map<String, Integer> changed = new LinkedHashMap<>(options);
    changed.replaceAll((option, number) -> QUICK.getOrDefault(option, number));
    return new MeasuredRun(name, benchmark, model, changed, standard);
  }

  /** Returns the command line of the benchmark. */
  List<String> words(Path file) {
    List<String> words = new ArrayList<>(List.of(file.toString()));
    options.forEach(
        (option, number) -> {
          words.add(option);
          words.add(number.toString());
        });
    return words;
  }

  /**
   * Runs the benchmark in a process of its own, with the heap size of the command-line tool. The
   * error output of the process is passed on.
   *
   * @throws IllegalStateException if it fails or prints no table
   */
  List<Figure> measure(Path file) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            benchmark.getName()));
    command.addAll(words(file));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines;
    try (InputStream printed = process.getInputStream()) {
      lines = new String(printed.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    int code = process.waitFor();
    if (code != 0) {
      throw new IllegalStateException(name + " ended with " + code);
    }
    List<Figure> figures = FigureTable.read(lines, name);
    if (figures.isEmpty()) {
      throw new IllegalStateException(name + " printed no figures");
    }
    return figures;
  }
}
