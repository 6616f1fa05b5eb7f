package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Measures how far LoRAs may move the weights of the bundled model before images no longer match
 * their prompts: generates images with sums of its LoRAs at increasing weights and has the judge
 * count the correct ones. Only LoRAs and signs that do not mislead the judge are used: a pen
 * drawing of a star is not a failure, although the judge sees no star in it.
 *
 * <p>Arguments: the number of prompts (default 12), the number of steps (default 10), the number of
 * sums (default all).
 */
public final class MeasureLoraSums {
  private static final int PROMPTS = 12;
  private static final int STEPS = 10;
  private static final long SEED = 2026;
  private static final List<Double> WEIGHTS = List.of(1.0, 1.5, 2.0, 2.5);

  /** The sums, as strengths of LoRAs at weight 1. */
  private static final List<Map<String, Double>> SUMS =
      List.of(
          Map.of("zorp", 1.0),
          Map.of("detail_slider", -1.0),
          Map.of("ink_lines", -1.0),
          Map.of("zorp", 1.0, "detail_slider", -1.0),
          Map.of("detail_slider", -1.0, "ink_lines", -1.0),
          Map.of("detail_slider", -1.0, "ink_lines", -1.0, "zorp", 1.0));

  private final Pipeline pipeline;
  private final Checkpoint checkpoint;
  private final List<Scene> scenes = new ArrayList<>();
  private final List<PromptSpec> specs = new ArrayList<>();
  private final ImageJudge judge = new ImageJudge();

  /** Correct and total images by the change of the most changed block, in steps of 5 %. */
  private final Map<Integer, int[]> byShare = new TreeMap<>();

  private MeasureLoraSums(Pipeline pipeline, Checkpoint checkpoint, int prompts, int steps) {
    this.pipeline = pipeline;
    this.checkpoint = checkpoint;
    SceneSource source = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < prompts; i++) {
      Scene scene = source.heldOut();
      scenes.add(scene);
      specs.add(
          PromptSpec.builder()
              .prompt(Captions.of(scene, random))
              .steps(steps)
              .cfgScale(4)
              .seed(SEED + i)
              .build());
    }
  }

  /** Runs the measurement on the bundled model. */
  public static void main(String[] args) {
    int prompts = args.length > 0 ? Integer.parseInt(args[0]) : PROMPTS;
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : STEPS;
    int sums = args.length > 2 ? Integer.parseInt(args[2]) : SUMS.size();
    Checkpoint checkpoint = Checkpoint.open(DemoModel.checkpoint());
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(checkpoint)
            .loraDirectory(DemoModel.loras())
            .build()) {
      new MeasureLoraSums(pipeline, checkpoint, prompts, steps).run(SUMS.subList(0, sums));
    }
  }

  private void run(List<Map<String, Double>> sums) {
    System.out.printf("no LoRA: %d of %d right%n", right(List.of()), scenes.size());
    for (Map<String, Double> sum : sums) {
      for (double weight : WEIGHTS) {
        measure(sum, weight);
      }
    }
    byShare.forEach(
        (step, counts) ->
            System.out.printf(
                Locale.ROOT,
                "%d to %d %%: %.0f %% of %d images right%n",
                5 * step,
                5 * step + 5,
                100.0 * counts[0] / counts[1],
                counts[1]));
  }

  private void measure(Map<String, Double> sum, double weight) {
    List<LoraAdapter> loras = new ArrayList<>();
    List<String> names = new ArrayList<>();
    new TreeMap<>(sum)
        .forEach(
            (lora, share) -> {
              double strength = weight * share;
              loras.add(pipeline.loras().find(lora).withStrength(strength));
              names.add("%s %s".formatted(lora, strength));
            });
    LoraConflicts.Block most =
        LoraAdapter.conflicts(loras, checkpoint).blocks().stream()
            .max(Comparator.comparingDouble(block -> block.sum().relative()))
            .orElseThrow();
    int right = right(loras);
    int[] counts = byShare.computeIfAbsent((int) (20 * most.sum().relative()), step -> new int[2]);
    counts[0] += right;
    counts[1] += scenes.size();
    System.out.printf(
        Locale.ROOT,
        "%-45s %s by %4.1f %%: %2d of %d right%n",
        String.join(" + ", names),
        most.name(),
        100 * most.sum().relative(),
        right,
        scenes.size());
  }

  private int right(List<LoraAdapter> loras) {
    int right = 0;
    for (int i = 0; i < scenes.size(); i++) {
      PromptSpec.Builder spec = specs.get(i).toBuilder();
      loras.forEach(spec::lora);
      BufferedImage picture = pipeline.generate(spec.build()).first().toBufferedImage();
      Verdict verdict = judge.judge(picture);
      right += verdict.agreesWith(scenes.get(i)) ? 1 : 0;
    }
    return right;
  }
}
