package dev.sdlora.demo.emoji.stage;

import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.option.LearningRateSchedule;
import dev.sdlora.training.option.TrainedModules;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The last stage: the LoRAs, each trained as a user would train one. */
final class EmojiLoraStage {
  private static final int STEPS = 600;

  /** An artist's style of drawing a thousand things takes longer to learn. */
  private static final int STEPS_OF_ARTIST = 1000;

  /** Fourteen images are soon memorised. */
  private static final int STEPS_OF_ZORP = 300;

  private static final int STEPS_OF_SLIDER = 150;

  private static final int WARMUP = 20;
  private static final int PRINT_EVERY = 50;
  private static final double NOISE_OFFSET = 0.15;

  private final Path checkpoint;
  private final Supplier<LoraImages> images;
  private final long seed;

  /**
   * Creates the stage.
   *
   * @param images supplies the images; not called for LoRAs that are trained on prompts
   */
  EmojiLoraStage(Path checkpoint, Supplier<LoraImages> images, long seed) {
    this.checkpoint = checkpoint;
    this.images = images;
    this.seed = seed;
  }

  /** Trains one LoRA on the checkpoint and writes it to the folder. */
  void run(EmojiLora lora, Path folder) {
    run(
        lora,
        folder,
        switch (lora) {
          case FLUENT_3D, NOTO -> STEPS_OF_ARTIST;
          case ZORP -> STEPS_OF_ZORP;
          case SIZE -> STEPS_OF_SLIDER;
          default -> STEPS;
        });
  }

  /** Trains with a given number of steps, to check whether a checkpoint can be trained at all. */
  void run(EmojiLora lora, Path folder, int steps) {
    LoraTrainerBuilder trainer =
        LoraTrainer.builder()
            .checkpoint(checkpoint)
            .output(folder.resolve(lora.file() + ".safetensors"))
            .rank(8)
            .modules(TrainedModules.CONVOLUTIONS)
            .steps(steps)
            .learningRate(2e-3)
            .warmup(Math.min(WARMUP, steps / 2))
            .schedule(LearningRateSchedule.COSINE)
            .minSnrGamma(5)
            .seed(seed)
            .lossPlot(folder.resolve(lora.file() + "-loss.png"))
            .listener(new Printed(lora.file()));
    lora.prompts()
        .ifPresentOrElse(
            prompts -> trainer.slider(prompts).batchSize(4), () -> onImages(trainer, lora));
    trainer.build().train();
  }

  private void onImages(LoraTrainerBuilder trainer, EmojiLora lora) {
    trainer
        .trainingSet(TrainingSet.of(images.get().examples(lora, seed)))
        .batchSize(8)
        .noiseOffset(lora == EmojiLora.NIGHT ? NOISE_OFFSET : 0)
        .captions(CaptionOptions.DEFAULTS.withDropout(0.05));
    if (lora == EmojiLora.ZORP) {
      trainer.triggerWord(Zorp.WORD);
    }
  }

  private record Printed(String name) implements TrainingListener {
    @Override
    public void step(TrainingProgress progress) {
      if (progress.step() % PRINT_EVERY == 0) {
        System.out.printf("%s %s%n", name, progress);
      }
    }
  }
}
