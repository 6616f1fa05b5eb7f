package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Evaluates how well the bundled model draws plain shapes: prints how often images match their
 * prompts, judged by geometry, and writes a sheet of them.
 *
 * <p>Arguments: the output folder, the number of prompts (default 200), the dtype (default {@code
 * float32}).
 */
public final class EvaluateShapes {
  private static final int PROMPTS = 200;
  private static final int ROW = 10;
  private static final long SEED = 2026;

  private final Pipeline pipeline;
  private final ImageJudge judge = new ImageJudge();

  private EvaluateShapes(Pipeline pipeline) {
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
            .build()) {
      new EvaluateShapes(pipeline).run(prompts, folder.resolve("shapes.png"));
    }
  }

  private BufferedImage draw(String prompt, long seed) {
    PromptSpec spec = PromptSpec.builder().prompt(prompt).steps(20).cfgScale(4).seed(seed).build();
    return pipeline.generate(spec).first().toBufferedImage();
  }

  /** Uses prompts with combinations of shape, colour and ground that training never showed. */
  private void run(int count, Path png) {
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
        System.out.printf("  %d does not match: %s%n", i + 1, prompt);
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
}
