package dev.sdlora.demo.emoji.judge;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnCaptions;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.NewThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Nouns;
import dev.sdlora.demo.emoji.Style;
import dev.sdlora.demo.emoji.judge.Asked.About;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.CaptionOptions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Trains a LoRA on twelve images of a new thing, with images of other nouns that the base model
 * draws for prior preservation, and counts how often new prompts show the thing, and how often
 * prompts without its word still show their nouns.
 *
 * <p>Arguments: the checkpoint, the output folder, whose LoRA {@code zorp-12.safetensors} is used
 * if it is there, a folder for downloaded packages, the fraction of all prompts to use (default 1).
 */
public final class EvaluateNewThing {
  private static final int COMMON = 200;
  private static final int PROMPTS = 48;
  private static final int TRAINING_STEPS = 1400;
  private static final double TEXT_ENCODER_RATE = 1e-3;
  private static final int STEPS = 10;
  private static final long SEED = 12;

  private final Pipeline pipeline;
  private final NearestDrawing judge;
  private final LabelledImages sheet = new LabelledImages();

  private EvaluateNewThing(Pipeline pipeline, NearestDrawing judge) {
    this.pipeline = pipeline;
    this.judge = judge;
  }

  /** Evaluates a checkpoint. */
  public static void main(String[] args) throws IOException {
    if (args.length < 3) {
      System.err.println("usage: EvaluateNewThing CHECKPOINT FOLDER CACHE [SHARE]");
      System.exit(2);
    }
    Path checkpoint = Path.of(args[0]);
    Path folder = Files.createDirectories(Path.of(args[1]));
    double share = args.length > 3 ? Double.parseDouble(args[3]) : 1;
    Path file = folder.resolve("zorp-12.safetensors");
    Nouns nouns = Nouns.read(Path.of(args[2]));
    Drawings drawings = Drawings.read(Path.of(args[2]), Style.FLAT);
    List<Noun> common = nouns.commonest(COMMON);
    List<Noun> known = new ArrayList<>(common);
    known.addAll(NewThing.views());
    DrawnSceneSource scenes = DrawnSceneSource.of(nouns, drawings, new SplittableRandom(SEED));
    List<Asked> old =
        new Questions(nouns.all(), common, scenes)
            .asked(share).stream().filter(asked -> asked.about() == About.COMMON).toList();
    List<Asked> fresh = fresh(Math.max(1, (int) (share * PROMPTS)));
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(checkpoint))
            .build()) {
      if (!Files.exists(file)) {
        TrainingSet prior = new PriorDrawings(pipeline, scenes).besides(COMMON, nouns);
        System.out.println(trainer(checkpoint, prior).output(file).build().train());
      }
      EvaluateNewThing evaluation =
          new EvaluateNewThing(pipeline, new NearestDrawing(known, NewThing.with(drawings)));
      LoraAdapter lora = LoraAdapter.open(file);
      System.out.printf("the new thing in new prompts: %s%n", evaluation.right(fresh, lora));
      System.out.printf("old nouns, without the LoRA: %s%n", evaluation.right(old, null));
      System.out.printf("old nouns, with the LoRA at 1: %s%n", evaluation.right(old, lora));
      evaluation.sheet.write(folder.resolve("zorp-12.png"));
    }
  }

  private static LoraTrainerBuilder trainer(Path checkpoint, TrainingSet prior) {
    return LoraTrainer.recommended(checkpoint, TrainingSet.of(NewThing.images()))
        .triggerWord(NewThing.WORD)
        .seed(SEED)
        .steps(TRAINING_STEPS)
        .textEncoder(true)
        .textEncoderLearningRate(TEXT_ENCODER_RATE)
        .captions(CaptionOptions.DEFAULTS.withDropout(0))
        .priorPreservation(prior, 1);
  }

  private static List<Asked> fresh(int count) {
    DrawnCaptions captions = new DrawnCaptions(new SplittableRandom(SEED));
    List<Asked> fresh = new ArrayList<>();
    for (DrawnScene scene : NewThing.newScenes(count)) {
      String prompt = captions.plain(scene).text();
      fresh.add(new Asked(About.ANY, scene, prompt, SEED + fresh.size()));
    }
    return fresh;
  }

  private String right(List<Asked> questions, @Nullable LoraAdapter lora) {
    int right = 0;
    for (Asked asked : questions) {
      PromptSpec.Builder spec = ModelArtist.spec(asked.prompt(), asked.seed()).steps(STEPS);
      if (lora != null) {
        spec.lora(lora);
      }
      BufferedImage image = pipeline.generate(spec.build()).first().toBufferedImage();
      String seen = judge.in(image, asked.scene()).word();
      boolean isRight = seen.equals(asked.scene().first().noun().word());
      right += isRight ? 1 : 0;
      sheet.add(image, asked.prompt(), isRight ? "" : seen);
    }
    return "%s of %s".formatted(right, questions.size());
  }
}
