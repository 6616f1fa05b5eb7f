package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.GuidanceRange;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Generates the same images with each speed option. Prints how much they differ from images without
 * it, how often they match their prompts, and how long they take; writes a sheet of some.
 *
 * <p>Arguments: the output folder, the number of prompts (default 40), then {@code cache} to
 * compare settings of DeepCache and token merging instead of {@code options}.
 */
public final class CompareSpeedOptions {
  private static final int PROMPTS = 40;
  private static final int SHOWN = 4;
  private static final long SEED = 2026;

  /** A set of options; the first one is the baseline. */
  private record Way(String name, UnaryOperator<PromptSpec> change) {
    static Way with(String name, UnaryOperator<SpeedOptions.Builder> options) {
      return new Way(
          name,
          spec ->
              spec.toBuilder().speedOptions(options.apply(SpeedOptions.builder()).build()).build());
    }
  }

  private static final Way EXACT = Way.with("all computed", options -> options);

  private static final List<Way> OPTIONS =
      List.of(
          EXACT,
          Way.with("guided 0 to 0.6", o -> o.guidanceRange(GuidanceRange.ofSteps(0, 0.6))),
          Way.with("guided 0.1 to 0.6", o -> o.guidanceRange(GuidanceRange.ofSteps(0.1, 0.6))),
          Way.with("sigma 0.28 to 5.42", o -> o.guidanceRange(GuidanceRange.ofSigmas(0.28, 5.42))),
          Way.with("DeepCache 3", o -> o.cacheInterval(3)));

  /** Intervals and branches of DeepCache, ratios of token merging. */
  private static final List<Way> CACHES =
      List.of(
          EXACT,
          Way.with("DeepCache 2", o -> o.cacheInterval(2)),
          Way.with("DeepCache 2, at 1", o -> o.cacheInterval(2).cacheBranchId(1)),
          Way.with("DeepCache 3", o -> o.cacheInterval(3)),
          Way.with("DeepCache 3, at 1", o -> o.cacheInterval(3).cacheBranchId(1)),
          Way.with("DeepCache 3, at 3", o -> o.cacheInterval(3).cacheBranchId(3)),
          Way.with("DeepCache 5", o -> o.cacheInterval(5)),
          merging(0.25),
          merging(0.5),
          merging(0.75));

  private static Way merging(double ratio) {
    return Way.with(
        "merging " + ratio, o -> o.tokenMergingRatio(ratio).tokenMergingMaxDownsample(2));
  }

  private static final Map<String, List<Way>> WAYS = Map.of("options", OPTIONS, "cache", CACHES);

  private final List<Way> ways;
  private final List<Scene> scenes = new ArrayList<>();
  private final List<PromptSpec> specs = new ArrayList<>();

  private CompareSpeedOptions(int prompts, List<Way> ways) {
    this.ways = ways;
    SceneSource source = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < prompts; i++) {
      Scene scene = source.heldOut();
      scenes.add(scene);
      specs.add(
          PromptSpec.builder()
              .prompt(Captions.of(scene, random))
              .steps(20)
              .cfgScale(4)
              .seed(SEED + i)
              .build());
    }
  }

  /** Runs the comparison on the bundled model. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "."));
    int prompts = args.length > 1 ? Integer.parseInt(args[1]) : PROMPTS;
    String compared = args.length > 2 ? args[2] : "options";
    List<Way> ways =
        Objects.requireNonNull(WAYS.get(compared), compared + " is not one of " + WAYS.keySet());
    try (Pipeline pipeline =
        Pipeline.builder().checkpoint(Checkpoint.open(DemoModel.checkpoint())).build()) {
      new CompareSpeedOptions(prompts, ways).run(pipeline, folder.resolve("speed-options.png"));
    }
  }

  private void run(Pipeline pipeline, Path png) {
    pipeline.generate(specs.get(0)); // programs are compiled in their first calls
    List<List<GeneratedImage>> drawn = new ArrayList<>();
    double exactMillis = 0;
    for (Way way : ways) {
      long start = System.nanoTime();
      List<GeneratedImage> pictures =
          specs.stream().map(way.change()).map(spec -> pipeline.generate(spec).first()).toList();
      double millis = (System.nanoTime() - start) / 1e6 / specs.size();
      exactMillis = drawn.isEmpty() ? millis : exactMillis;
      drawn.add(pictures);
      System.out.printf(
          Locale.ROOT,
          "%-18s %4.0f ms, %.2f times as fast, %s, %s%n",
          way.name(),
          millis,
          exactMillis / millis,
          differences(drawn.get(0), pictures),
          scores(pictures));
    }
    sheet(drawn).write(png);
  }

  private static String differences(List<GeneratedImage> exact, List<GeneratedImage> other) {
    double sum = 0;
    int largest = 0;
    long values = 0;
    for (int i = 0; i < exact.size(); i++) {
      byte[] one = exact.get(i).rgb();
      byte[] two = other.get(i).rgb();
      for (int j = 0; j < one.length; j++) {
        int difference = Math.abs((one[j] & 0xff) - (two[j] & 0xff));
        sum += difference;
        largest = Math.max(largest, difference);
      }
      values += one.length;
    }
    return String.format(Locale.ROOT, "mean %.2f largest %d grey levels", sum / values, largest);
  }

  private String scores(List<GeneratedImage> pictures) {
    ImageJudge judge = new ImageJudge();
    PromptScores scores = new PromptScores();
    for (int i = 0; i < pictures.size(); i++) {
      scores.add(scenes.get(i), judge.judge(pictures.get(i).toBufferedImage()));
    }
    return scores.line("of these");
  }

  /** Returns a sheet with prompts in rows and options in columns. */
  private ContactSheet sheet(List<List<GeneratedImage>> drawn) {
    ContactSheet sheet = new ContactSheet(128, ways.stream().map(Way::name).toList());
    for (int i = 0; i < Math.min(SHOWN, specs.size()); i++) {
      int row = i;
      List<BufferedImage> pictures =
          drawn.stream().map(images -> images.get(row).toBufferedImage()).toList();
      sheet.row(ContactSheet.wrapped(specs.get(row).prompt()), pictures);
    }
    return sheet;
  }
}
