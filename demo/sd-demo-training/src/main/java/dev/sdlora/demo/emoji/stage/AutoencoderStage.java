package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.ImageBatch;
import dev.sdlora.demo.SceneSource;
import dev.sdlora.demo.SceneStyle;
import dev.sdlora.demo.Shape;
import dev.sdlora.demo.StageLoop;
import dev.sdlora.demo.WarmRestart;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.Style;
import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.training.step.LearningRate;
import java.awt.image.BufferedImage;
import java.awt.image.RescaleOp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The first stage: an autoencoder that sees shapes, and drawings in most styles of LoRAs. */
final class AutoencoderStage {
  static final VaeConfig CONFIG = new VaeConfig(List.of(32, 64, 64, 128), 1, 4, 0.18215);
  static final int SIDE = 128;
  static final int LATENT_SIDE = SIDE / CONFIG.factor();
  static final String NETWORK = "vae";

  private static final int CROPS = 8;
  private static final int WHOLE = 2;

  /**
   * The number of candidate quarters; the one with the most content is used, because grounds are
   * learnt quickly.
   */
  private static final int CANDIDATES = 3;

  private static final WarmRestart RATE =
      new WarmRestart(
          new LearningRate(1.5e-3, 100, 4400, 0.02), new LearningRate(1.2e-3, 100, 5600, 0.02));

  private static final int SAVE_EVERY = 200;
  private static final float NIGHT = 0.3f;
  private static final List<Style> STYLES = List.of(Style.FLAT, Style.HIGH_CONTRAST, Style.NOTO);

  private final Training training;
  private final DrawnSceneSource scenes;
  private final List<DrawnScenePainter> painters = new ArrayList<>();
  private final List<Drawings> drawings = new ArrayList<>();

  AutoencoderStage(Training training, Data data) throws IOException {
    this.training = training;
    for (Style style : STYLES) {
      drawings.add(style == Style.FLAT ? data.drawings() : Drawings.read(training.cache(), style));
      painters.add(new DrawnScenePainter(drawings.get(drawings.size() - 1)));
    }
    this.scenes =
        DrawnSceneSource.of(data.nouns(), data.drawings(), new SplittableRandom(training.seed()));
  }

  /** Returns the autoencoder in its current state of training. */
  static AutoencoderTrainer trainer(Training training) {
    return training.state(NETWORK).begin(new AutoencoderTrainer(CONFIG, training.seed()));
  }

  /** Trains the stage, resuming an interrupted run. */
  void run() {
    StageState state = training.state(NETWORK);
    try (AutoencoderTrainer trainer = trainer(training)) {
      StageLoop.run(
          "vae",
          trainer.step(),
          RATE.steps(),
          SAVE_EVERY,
          step -> step(trainer, step),
          () -> state.save(trainer));
    }
  }

  /**
   * Whether a step sees whole images. Most steps see quarters, which cost a quarter. Whole images
   * have other means and variances in normalisations, so they end each decay of the learning rate.
   */
  private static boolean isWhole(int step) {
    return (step >= 1800 && step < RATE.first().steps()) || step >= RATE.steps() - 1200;
  }

  private double step(AutoencoderTrainer trainer, int step) {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + step);
    boolean whole = isWhole(step);
    int batch = whole ? WHOLE : CROPS;
    List<BufferedImage> images = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      BufferedImage image = any(random);
      images.add(whole ? image : fullest(image, random));
    }
    int side = whole ? SIDE : SIDE / 2;
    return trainer.step(ImageBatch.pixels(images), batch, side, RATE.at(step));
  }

  /** Returns the candidate quarter with the largest variation. */
  private static BufferedImage fullest(BufferedImage image, SplittableRandom random) {
    int side = SIDE / 2;
    BufferedImage fullest = image;
    long most = -1;
    for (int i = 0; i < CANDIDATES; i++) {
      BufferedImage quarter =
          image.getSubimage(
              random.nextInt(SIDE - side + 1), random.nextInt(SIDE - side + 1), side, side);
      long differences = differences(quarter);
      if (differences > most) {
        most = differences;
        fullest = quarter;
      }
    }
    return fullest;
  }

  private static long differences(BufferedImage image) {
    int side = image.getWidth();
    int[] pixels = image.getRGB(0, 0, side, side, null, 0, side);
    long sum = 0;
    for (int i = 1; i < pixels.length; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        sum += Math.abs((pixels[i] >> shift & 255) - (pixels[i - 1] >> shift & 255));
      }
    }
    return sum;
  }

  /** Returns a scene in any style that the model or a LoRA will draw. */
  BufferedImage any(SplittableRandom random) {
    double kind = random.nextDouble();
    if (kind < 0.15) {
      return shapes(random);
    }
    DrawnScene scene = scenes.with(random.split()).next();
    int style = kind < 0.68 ? 0 : kind < 0.84 ? 2 : 1;
    if (scene.things().stream().anyMatch(thing -> !drawings.get(style).has(thing.noun()))) {
      return painters.get(0).draw(scene, SIDE);
    }
    BufferedImage image = painters.get(style).draw(scene, SIDE);
    return random.nextDouble() < 0.06 ? new RescaleOp(NIGHT, 0, null).filter(image, null) : image;
  }

  private static BufferedImage shapes(SplittableRandom random) {
    SceneSource source = new SceneSource(random.split());
    double kind = random.nextDouble();
    if (kind < 0.1) {
      return source.concept(Shape.CRESCENT).draw(SIDE);
    } else if (kind < 0.25) {
      return source.training().withStyle(SceneStyle.LINES).draw(SIDE);
    }
    return source.training().withDetail(kind < 0.8 ? 0 : random.nextDouble()).draw(SIDE);
  }
}
