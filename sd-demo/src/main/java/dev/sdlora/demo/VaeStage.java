package dev.sdlora.demo;

import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.training.step.LearningRate;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The first stage: an autoencoder that has seen all looks that the demo's LoRAs will have. */
final class VaeStage {
  static final VaeConfig CONFIG = new VaeConfig(List.of(64, 64, 64, 64), 1, 4, 0.18215);
  static final int SIDE = 128;
  static final int LATENT_SIDE = SIDE / CONFIG.factor();

  /** The first steps see quarters of pictures, which cost a quarter. */
  private static final int CROPPED = 2520;

  /** The learning rate falls twice, the second time from half the height. */
  private static final WarmRestart RATE =
      new WarmRestart(
          new LearningRate(1e-3, 100, 4200, 0.02), new LearningRate(5e-4, 50, 1000, 0.02));

  private static final int CROPS = 4;
  private static final int BATCH = 2;
  static final String STATE = "vae.safetensors";

  private static final int STEPS = RATE.steps();
  private static final int SAVE_EVERY = 200;

  private VaeStage() {}

  /** Trains, or goes on with what an earlier run left in the folder. */
  static void run(Path folder, long seed) {
    Path state = folder.resolve(STATE);
    try (AutoencoderTrainer trainer = new AutoencoderTrainer(CONFIG, seed)) {
      if (Files.exists(state)) {
        trainer.resume(state);
      }
      StageLoop.run(
          "vae",
          trainer.step(),
          STEPS,
          SAVE_EVERY,
          step -> step(trainer, step, seed),
          () -> trainer.save(state));
    }
  }

  private static double step(AutoencoderTrainer trainer, int step, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + step);
    int side = step < CROPPED ? SIDE / 2 : SIDE;
    int batch = side < SIDE ? CROPS : BATCH;
    return trainer.step(pixels(random, batch, side), batch, side, RATE.at(step));
  }

  private static float[] pixels(SplittableRandom random, int batch, int side) {
    SceneSource scenes = new SceneSource(random.split());
    List<BufferedImage> pictures = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      int x = random.nextInt(SIDE - side + 1);
      int y = random.nextInt(SIDE - side + 1);
      pictures.add(any(scenes, random).draw(SIDE).getSubimage(x, y, side, side));
    }
    return PictureBatch.pixels(pictures);
  }

  private static Scene any(SceneSource scenes, SplittableRandom random) {
    double kind = random.nextDouble();
    if (kind < 0.55) {
      return scenes.training();
    } else if (kind < 0.67) {
      return scenes.training().withLook(Look.LINES);
    } else if (kind < 0.77) {
      return scenes.training().withLook(Look.DARK);
    } else if (kind < 0.9) {
      return scenes.training().withDetail(random.nextDouble());
    }
    return scenes.concept(Shape.CRESCENT);
  }
}
