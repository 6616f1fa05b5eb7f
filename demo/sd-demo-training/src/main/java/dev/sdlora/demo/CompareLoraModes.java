package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.demo.model.DemoModel;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares images of the bundled model with a LoRA patched and overlaid in bfloat16, and both with
 * the image in float32. Prints the mean differences in grey levels of 255, one line for each pair.
 *
 * <p>Arguments: the number of prompts (default 8), the number of steps (default 20), the guidance
 * scale (default 4).
 */
public final class CompareLoraModes {
  private static final int STEPS = 20;
  private static final double GUIDANCE = 4;
  private static final long SEED = 10;
  private static final List<String> LORAS = List.of("<lora:night:0.8>", "<lora:ink_lines:0.5>");
  private static final List<String> PROMPTS =
      List.of(
          "a cat",
          "a red star on a yellow background",
          "a house under a blue sky",
          "an apple and a banana",
          "a dog on a green background",
          "a basketball on a cyan background",
          "a sailboat",
          "a purple flower on a white background");

  private final Pipeline exact;
  private final Pipeline fast;

  private CompareLoraModes(Pipeline exact, Pipeline fast) {
    this.exact = exact;
    this.fast = fast;
  }

  /** Runs the comparison. */
  public static void main(String[] args) {
    int prompts = args.length > 0 ? Integer.parseInt(args[0]) : PROMPTS.size();
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : STEPS;
    double guidance = args.length > 2 ? Double.parseDouble(args[2]) : GUIDANCE;
    try (Pipeline exact = open(Precision.FLOAT32);
        Pipeline fast = open(Precision.BFLOAT16)) {
      new CompareLoraModes(exact, fast).compare(prompts, steps, guidance);
    }
  }

  private static Pipeline open(Precision precision) {
    return Pipeline.builder()
        .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
        .loraDirectory(DemoModel.loras())
        .precision(precision)
        .build();
  }

  private void compare(int prompts, int steps, double guidance) {
    int images = prompts * LORAS.size();
    double[] patchedFromExact = new double[images];
    double[] overlaidFromExact = new double[images];
    double[] overlaidFromPatched = new double[images];
    for (int i = 0; i < images; i++) {
      int prompt = i % prompts;
      PromptSpec spec =
          PromptSpec.builder()
              .prompt(PROMPTS.get(prompt) + " " + LORAS.get(i / prompts))
              .loraMode(LoraMode.PATCHED)
              .size(128, 128)
              .steps(steps)
              .cfgScale(guidance)
              .seed(SEED + prompt)
              .build();
      byte[] wanted = rgb(exact, spec);
      byte[] patched = rgb(fast, spec);
      byte[] overlaid = rgb(fast, spec.toBuilder().loraMode(LoraMode.OVERLAY).build());
      patchedFromExact[i] = difference(wanted, patched);
      overlaidFromExact[i] = difference(wanted, overlaid);
      overlaidFromPatched[i] = difference(patched, overlaid);
    }
    print("patched, float32", patchedFromExact);
    print("overlaid, float32", overlaidFromExact);
    print("patched, overlaid", overlaidFromPatched);
  }

  private static byte[] rgb(Pipeline pipeline, PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  /** Returns the mean difference over pixels and channels. */
  private static double difference(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return sum / a.length;
  }

  private static void print(String pair, double[] differences) {
    double[] sorted = differences.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    System.out.printf(
        Locale.ROOT,
        "%-17s  mean %.2f  median %.2f  largest %.2f  below 1: %s of %s%n",
        pair,
        Arrays.stream(sorted).average().orElse(0),
        (sorted[half] + sorted[(sorted.length - 1) / 2]) / 2,
        sorted[sorted.length - 1],
        Arrays.stream(sorted).filter(levels -> levels < 1).count(),
        sorted.length);
  }
}
