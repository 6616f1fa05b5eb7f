package dev.sdlora.demo;

import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainedModules;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The last stage: the four LoRAs, each trained as a user would train one. */
final class LoraStage {
  private static final int PICTURES = 160;
  private static final int STEPS = 600;
  private static final double NOISE_OFFSET = 0.15;

  private LoraStage() {}

  /** Trains one LoRA on the checkpoint and writes it into the folder. */
  static void run(DemoLora lora, Path checkpoint, Path folder, long seed) {
    LoraTrainerBuilder trainer =
        LoraTrainer.builder()
            .checkpoint(checkpoint)
            .trainingSet(pictures(lora, seed))
            .output(folder.resolve(lora.file() + ".safetensors"))
            .rank(6)
            .modules(TrainedModules.CONVOLUTIONS)
            .steps(STEPS)
            .batchSize(8)
            .learningRate(2e-3)
            .warmup(20)
            .cosine(true)
            .noiseOffset(lora == DemoLora.DARK ? NOISE_OFFSET : 0)
            .captionDropout(0.05)
            .minSnrGamma(5)
            .seed(seed)
            .lossPlot(folder.resolve(lora.file() + "-loss.png"))
            .listener(new Printed(lora.file()));
    if (lora == DemoLora.CONCEPT) {
      trainer.triggerWord(Captions.TRIGGER);
    }
    trainer.build().train();
  }

  private static TrainingSet pictures(DemoLora lora, long seed) {
    SceneSource scenes = new SceneSource(seed + 77);
    SplittableRandom random = new SplittableRandom(seed);
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      // Every third scene of the concept has another shape, so that only the trigger word calls it.
      boolean concept = lora == DemoLora.CONCEPT && i % 3 != 0;
      Scene scene = concept ? scenes.concept(Shape.CRESCENT) : scenes.training();
      String caption = Captions.of(scene, Captions::withTrigger, random);
      switch (lora) {
        case LINES -> examples.add(example(scene.withLook(Look.LINES), caption));
        case DARK -> examples.add(example(scene.withLook(Look.DARK), caption));
        case CONCEPT -> examples.add(example(scene, caption));
        case DETAIL -> {
          // A slider learns from both of its ends.
          examples.add(example(scene.withDetail(1), caption));
          examples.add(example(scene.withDetail(0), caption).withStrength(-1));
        }
      }
    }
    return TrainingSet.of(examples);
  }

  private static TrainingExample example(Scene scene, String caption) {
    return TrainingExample.of(scene.draw(VaeStage.SIDE), caption);
  }

  /** Prints every fiftieth step. */
  private record Printed(String name) implements TrainingListener {
    @Override
    public void step(TrainingProgress progress) {
      if (progress.step() % 50 == 0) {
        System.out.printf("%s %s%n", name, progress);
      }
    }
  }
}
