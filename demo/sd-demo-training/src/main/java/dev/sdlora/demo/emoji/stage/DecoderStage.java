package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.ImageBatch;
import dev.sdlora.demo.StageLoop;
import dev.sdlora.demo.WarmRestart;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.LatentScaling;
import dev.sdlora.demo.scratch.TextEncoderTrainer;
import dev.sdlora.training.step.LearningRate;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The fourth stage: the decoder learns to make clear images from latents as vague as the U-Net's,
 * which mostly contain what texts say. It also sees encoded images in all styles, so that it
 * forgets none.
 */
final class DecoderStage implements AutoCloseable {
  static final String NETWORK = "decoder";

  /** The number of images per step with vague latents; the others have the encoder's latents. */
  private static final int VAGUE = 2;

  private static final int CLEAR = 1;

  /** The minimum shift of vague latents towards what the text says, as a fraction. */
  private static final double LEAST_TEXT_SHARE = 0.6;

  /**
   * Standard deviation of the noise added to all latents, because the U-Net's latents are inexact.
   */
  private static final double NOISE = 0.05;

  private static final WarmRestart RATE =
      new WarmRestart(
          new LearningRate(6e-4, 50, 1200, 0.02), new LearningRate(4e-4, 50, 500, 0.02));

  private static final int SAVE_EVERY = 100;
  private static final int SIDE = AutoencoderStage.SIDE;
  private static final double SCALE = AutoencoderStage.CONFIG.latentScale();

  private final Training training;
  private final Data data;
  private final Latents latents;
  private final DrawnScenePainter painter;
  private final AutoencoderStage autoencoder;
  private final AutoencoderTrainer vae;
  private final TextEncoderTrainer text;

  DecoderStage(Training training, Data data) throws IOException {
    this.training = training;
    this.data = data;
    this.latents = Latents.open(training, data, DenoiserStage.SCENES);
    this.painter = new DrawnScenePainter(data.drawings());
    this.autoencoder = new AutoencoderStage(training, data);
    this.vae = AutoencoderStage.trainer(training);
    this.text = new TextEncoderStage(training, data).trainer();
  }

  /**
   * Returns the autoencoder of the first stage, rescaled to latents of unit variance, in its
   * current state of training.
   *
   * @param scaling scales latents to unit variance
   */
  static AutoencoderTrainer trainer(Training training, LatentScaling scaling) {
    AutoencoderTrainer trainer = new AutoencoderTrainer(AutoencoderStage.CONFIG, training.seed());
    try (AutoencoderTrainer first = AutoencoderStage.trainer(training)) {
      trainer.startFrom(scaling.applyTo(first.result()));
    }
    return training.state(NETWORK).begin(trainer);
  }

  /** Trains the stage, resuming an interrupted run. */
  void run() {
    try (AutoencoderTrainer trainer = trainer(training, latents.scaling())) {
      StageLoop.run(
          "decoder",
          trainer.step(),
          RATE.steps(),
          SAVE_EVERY,
          step -> step(trainer, step),
          () -> training.state(NETWORK).save(trainer));
    }
  }

  private double step(AutoencoderTrainer trainer, int step) {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + step);
    List<BufferedImage> images = new ArrayList<>();
    List<float[]> shown = new ArrayList<>();
    for (int i = 0; i < VAGUE; i++) {
      int index = random.nextInt(latents.size() - WordErrors.SCENES);
      images.add(latents.scene(index).draw(painter, SIDE));
      shown.add(vague(index, random));
    }
    for (int i = 0; i < CLEAR; i++) {
      BufferedImage image = autoencoder.any(random);
      images.add(image);
      shown.add(encoded(image));
    }
    int elements = shown.get(0).length;
    float[] batch = new float[shown.size() * elements];
    for (int i = 0; i < batch.length; i++) {
      double noisy = shown.get(i / elements)[i % elements] + NOISE * random.nextGaussian();
      batch[i] = (float) (noisy / SCALE);
    }
    return trainer.stepDecoder(batch, ImageBatch.pixels(images), SIDE, RATE.at(step));
  }

  private float[] vague(int index, SplittableRandom random) {
    float[] sketches =
        TextEncoderStage.sketches(text, latents.plainCaptions(data.vocabulary(), index));
    double share = LEAST_TEXT_SHARE + (1 - LEAST_TEXT_SHARE) * random.nextDouble();
    return Latents.towards(latents.batch(index), sketches, share);
  }

  private float[] encoded(BufferedImage image) {
    float[] moments = vae.encode(ImageBatch.pixels(List.of(image)), 1, SIDE);
    return latents.scaling().unit(Arrays.copyOf(moments, moments.length / 2), SCALE);
  }

  @Override
  public void close() {
    vae.close();
    text.close();
  }
}
