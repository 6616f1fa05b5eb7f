package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.demo.model.DemoModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Compares images in bfloat16 with those in float32: generates the same requests in both, with
 * several samplers and sizes and with a LoRA in every second one. Prints the difference in grey
 * levels and how often both images show the same things.
 *
 * <p>Arguments: the number of requests (default 50); a checkpoint to use instead of the bundled
 * model, in which case no LoRAs are used.
 */
public final class ComparePrecisions {
  private static final int REQUESTS = 50;
  private static final int STEPS = 20;
  private static final long SEED = 2027;
  private static final List<String> LORAS =
      List.of("fluent_3d", "noto", "ink_lines", "detail_slider", "night", "zorp");

  /** Samplers with and without added noise, with one and with two calls per step. */
  private static final List<Sampler> SAMPLERS =
      List.of(Sampler.DPMPP_2M, Sampler.EULER_A, Sampler.EULER, Sampler.DPMPP_SDE, Sampler.DDIM);

  /** Image sizes; the bundled model was trained at the first one. */
  private static final List<ImageSize> SIZES =
      List.of(new ImageSize(128, 128), new ImageSize(192, 128), new ImageSize(256, 256));

  private final ImageJudge judge = new ImageJudge();
  private final SplittableRandom random = new SplittableRandom(SEED);
  private int judged;
  private int judgedAlike;

  private ComparePrecisions() {}

  /** Runs the comparison. */
  public static void main(String[] args) {
    int requests = args.length > 0 ? Integer.parseInt(args[0]) : REQUESTS;
    boolean bundled = args.length < 2;
    Path checkpoint = bundled ? DemoModel.checkpoint() : Path.of(args[1]);
    try (Pipeline exact = open(checkpoint, Precision.FLOAT32);
        Pipeline fast = open(checkpoint, Precision.BFLOAT16)) {
      new ComparePrecisions().compare(exact, fast, requests, bundled);
    }
  }

  private static Pipeline open(Path checkpoint, Precision precision) {
    return Pipeline.builder()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(DemoModel.loras())
        .precision(precision)
        .build();
  }

  private void compare(Pipeline exact, Pipeline fast, int requests, boolean withLoras) {
    SceneSource scenes = new SceneSource(SEED);
    double[] means = new double[requests];
    int[] largest = new int[requests];
    for (int i = 0; i < requests; i++) {
      Scene scene = scenes.heldOut();
      PromptSpec spec = request(scene, i, withLoras && i % 2 == 1);
      GenerationResult wanted = exact.generate(spec);
      GenerationResult made = fast.generate(spec);
      byte[] a = wanted.first().rgb();
      byte[] b = made.first().rgb();
      for (int at = 0; at < a.length; at++) {
        int levels = Math.abs((a[at] & 0xff) - (b[at] & 0xff));
        means[i] += (double) levels / a.length;
        largest[i] = Math.max(largest[i], levels);
      }
      boolean asTrained = spec.size().map(SIZES.get(0)::equals).orElse(false);
      if (withLoras && asTrained && wanted.loras().isEmpty()) {
        judged++;
        boolean alike =
            judge.judge(wanted.first().toBufferedImage()).agreesWith(scene)
                == judge.judge(made.first().toBufferedImage()).agreesWith(scene);
        judgedAlike += alike ? 1 : 0;
      }
      System.out.printf(
          Locale.ROOT,
          "%3d  mean %.2f  largest %3d  %.2f s, %.2f s  %s, %s: %s%n",
          i + 1,
          means[i],
          largest[i],
          wanted.elapsed().toNanos() / 1e9,
          made.elapsed().toNanos() / 1e9,
          spec.sampler().label(),
          spec.size().orElseThrow(),
          spec.prompt());
    }
    Arrays.sort(means);
    Arrays.sort(largest);
    System.out.printf(
        Locale.ROOT,
        "grey levels of 255: mean %.2f (%.2f to %.2f), largest %s (median %s); judged alike %s of"
            + " %s%n",
        Arrays.stream(means).average().orElse(0),
        means[0],
        means[requests - 1],
        largest[requests - 1],
        largest[requests / 2],
        judgedAlike,
        judged);
  }

  private PromptSpec request(Scene scene, int i, boolean withLora) {
    String lora = "<lora:" + LORAS.get(i / 2 % LORAS.size()) + ":0.8>";
    return PromptSpec.builder()
        .prompt(Captions.of(scene, random) + (withLora ? lora : ""))
        .sampler(SAMPLERS.get(i % SAMPLERS.size()))
        .size(SIZES.get(i % SIZES.size()))
        .steps(STEPS)
        .cfgScale(4)
        .seed(SEED + i)
        .build();
  }
}
