package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Shows what the bundled model and its LoRAs do: prints how often pictures are what their prompts
 * ask for and how each LoRA's effect goes with its weight, and writes a sheet of pictures.
 *
 * <p>Arguments: the folder to write to, then the number of prompts, 200 unless given, then a number
 * format, {@code float32} unless given.
 */
public final class EvaluateDemoModel {
  private static final List<Double> WEIGHTS = List.of(-1.0, -0.5, 0.0, 0.5, 1.0, 1.5);
  private static final int PROMPTS = 200;
  private static final int SCENES_PER_LORA = 8;
  private static final int ROW = 10;
  private static final long SEED = 2026;

  private final Pipeline pipeline;
  private final PictureJudge judge = new PictureJudge();

  private EvaluateDemoModel(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Evaluates the bundled model. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "."));
    int prompts = args.length > 1 ? Integer.parseInt(args[1]) : PROMPTS;
    String precision = args.length > 2 ? args[2] : "float32";
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.valueOf(precision.toUpperCase(Locale.ROOT)))
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      EvaluateDemoModel evaluation = new EvaluateDemoModel(pipeline);
      evaluation.prompts(prompts, folder.resolve("prompts.png"));
      for (DemoLora lora : DemoLora.values()) {
        evaluation.effect(lora);
      }
      evaluation.twoAtOnce();
      evaluation.sheet(folder.resolve("contact-sheet.png"));
    }
  }

  private static PromptSpec spec(String prompt, long seed) {
    return PromptSpec.builder().prompt(prompt).steps(20).cfgScale(4).seed(seed).build();
  }

  private BufferedImage draw(String prompt, long seed, LoraAdapter... loras) {
    PromptSpecBuilder spec = spec(prompt, seed).toBuilder();
    for (LoraAdapter lora : loras) {
      spec.lora(lora);
    }
    return pipeline.generate(spec.build()).first().toBufferedImage();
  }

  /** Prompts whose combination of shape, colour and ground training never showed. */
  private void prompts(int count, Path png) {
    PromptScores all = new PromptScores();
    PromptScores single = new PromptScores();
    PromptScores pairs = new PromptScores();
    SceneSource scenes = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    List<BufferedImage> pictures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Scene scene = scenes.heldOut();
      String prompt = Captions.of(scene, random);
      BufferedImage picture = draw(prompt, SEED + i);
      Verdict verdict = judge.judge(picture);
      all.add(scene, verdict);
      (scene.isPair() ? pairs : single).add(scene, verdict);
      pictures.add(picture);
      if (!verdict.agreesWith(scene)) {
        System.out.printf("  %d is not quite: %s%n", i + 1, prompt);
      }
    }
    rowsOf(pictures).write(png);
    System.out.println(all.line("all"));
    System.out.println(single.line("one thing"));
    System.out.println(pairs.line("two things"));
  }

  private static ContactSheet rowsOf(List<BufferedImage> pictures) {
    ContactSheet sheet = new ContactSheet(128, List.of());
    for (int from = 0; from < pictures.size(); from += ROW) {
      int to = Math.min(pictures.size(), from + ROW);
      sheet.row((from + 1) + " to " + to, pictures.subList(from, to));
    }
    return sheet;
  }

  /** One LoRA at several weights, the mean of its measure over scenes. */
  private void effect(DemoLora lora) {
    LoraAdapter adapter = pipeline.loras().find(lora.file());
    double[] means = new double[WEIGHTS.size()];
    boolean sameBytes = true;
    SceneSource scenes = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < SCENES_PER_LORA; i++) {
      PromptSpec plain = spec(lora.prompt(scenes.concept(Shape.STAR), random), SEED + i);
      for (int w = 0; w < means.length; w++) {
        PromptSpec weighted = plain.toBuilder().lora(adapter.withStrength(WEIGHTS.get(w))).build();
        GeneratedImage image = pipeline.generate(weighted).first();
        means[w] += lora.measure(image.toBufferedImage(), judge) / SCENES_PER_LORA;
        if (WEIGHTS.get(w) == 0) {
          sameBytes &= Arrays.equals(image.rgb(), pipeline.generate(plain).first().rgb());
        }
      }
    }
    StringBuilder line =
        new StringBuilder(String.format("%-14s %-22s", lora.file(), lora.measured()));
    for (int w = 0; w < means.length; w++) {
      line.append(String.format(Locale.ROOT, "  %+.1f: %.5f", WEIGHTS.get(w), means[w]));
    }
    System.out.println(line + "  weight 0 the same bytes as without: " + sameBytes);
  }

  /** Each of two LoRAs must show beside the other: compared with none, with one, with both. */
  private void twoAtOnce() {
    LoraAdapter lines = pipeline.loras().find(DemoLora.LINES.file());
    LoraAdapter dark = pipeline.loras().find(DemoLora.DARK.file());
    System.out.println("two at once:");
    measured("neither");
    measured("ink_lines", lines);
    measured("night", dark);
    measured("both", lines, dark);
  }

  private void measured(String name, LoraAdapter... loras) {
    double edges = 0;
    double light = 0;
    SceneSource scenes = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < SCENES_PER_LORA; i++) {
      BufferedImage picture = draw(Captions.of(scenes.training(), random), SEED + i, loras);
      edges += PictureMeasures.edgeDensity(picture) / SCENES_PER_LORA;
      light += PictureMeasures.luminance(picture) / SCENES_PER_LORA;
    }
    System.out.printf(
        Locale.ROOT, "  %-10s edge density %.4f  luminance %.3f%n", name, edges, light);
  }

  /** Prompts and LoRAs in rows, weights in columns. */
  private void sheet(Path png) {
    List<String> columns = WEIGHTS.stream().map(weight -> "weight " + weight).toList();
    ContactSheet sheet = new ContactSheet(128, columns);
    for (DemoLora lora : DemoLora.values()) {
      for (String prompt : prompts(lora)) {
        List<BufferedImage> row = new ArrayList<>();
        for (double weight : WEIGHTS) {
          row.add(draw(prompt + " <lora:" + lora.file() + ":" + weight + ">", SEED));
        }
        sheet.row(lora.file() + "\n" + prompt.replace(" on ", "\non "), row);
      }
    }
    sheet.write(png);
  }

  private static List<String> prompts(DemoLora lora) {
    return lora == DemoLora.CONCEPT
        ? List.of("a green zorp on a pink background", "a large white zorp on a blue background")
        : List.of("a red star on a yellow background", "a blue heart on an orange background");
  }
}
