package dev.sdlora.examples.demo;

import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.training.scratch.AutoencoderTrainer;
import dev.sdlora.training.scratch.CheckpointWriter;
import dev.sdlora.training.scratch.DenoiserTrainer;
import dev.sdlora.training.scratch.LatentScaling;
import dev.sdlora.training.step.LearningRate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The second stage: a text encoder and a U-Net on the latents of captioned scenes. */
final class ModelStage {
  private static final int VOCABULARY = 49_408;
  private static final int TEXT_WIDTH = 64;
  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(64, 96, 128), 1, List.of(0, 1, 1), 1, 8, TEXT_WIDTH, false);
  private static final double SCALE = VaeStage.CONFIG.latentScale();

  private static final int SCENES = 5500;
  private static final int BATCH = 16;
  private static final double CAPTION_DROPOUT = 0.1;

  /** The first steps weigh much noise, which decides colours, the others outlines. */
  private static final int COLOUR_STEPS = 4500;

  private static final int STEPS = 8200;
  private static final int SAVE_EVERY = 500;

  private final Path folder;
  private final long seed;
  private final DemoVocabulary vocabulary = new DemoVocabulary();
  private final LatentCache cache;
  private final LatentScaling scaling;

  ModelStage(Path folder, long seed) {
    this.folder = folder;
    this.seed = seed;
    this.cache = LatentCache.open(folder.resolve("latents.safetensors"), vaeState(), SCENES, seed);
    this.scaling = LatentScaling.of(cache.latents(), VaeStage.CONFIG.latentChannels(), SCALE);
  }

  private Path vaeState() {
    return folder.resolve(VaeStage.STATE);
  }

  private Path state() {
    return folder.resolve("model.safetensors");
  }

  private static ClipConfig clip(int vocabulary) {
    return new ClipConfig(TEXT_WIDTH, 4, 1, 4 * TEXT_WIDTH, vocabulary, 77);
  }

  /** Trains, or goes on with what an earlier run left in the folder. */
  void run() {
    LearningRate rate = new LearningRate(1.5e-3, 200, STEPS, 0.01);
    try (DenoiserTrainer trainer = trainer()) {
      StageLoop.run(
          "model",
          trainer.step(),
          STEPS,
          SAVE_EVERY,
          step -> step(trainer, rate.at(step)),
          () -> trainer.save(state()));
    }
  }

  private DenoiserTrainer trainer() {
    DenoiserTrainer trainer = new DenoiserTrainer(clip(vocabulary.size()), UNET, seed);
    if (Files.exists(state())) {
      trainer.resume(state());
    }
    return trainer;
  }

  private double step(DenoiserTrainer trainer, double learningRate) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + trainer.step());
    int elements = cache.latents()[0].length;
    float[] latents = new float[BATCH * elements];
    int[][] ids = new int[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      int index = random.nextInt(cache.size());
      float[] unit = scaling.unit(cache.latents()[index], SCALE);
      System.arraycopy(unit, 0, latents, i * elements, elements);
      boolean dropped = random.nextDouble() < CAPTION_DROPOUT;
      ids[i] = vocabulary.rows(dropped ? "" : Captions.of(cache.scene(index), random));
    }
    double mostImportance = trainer.step() < COLOUR_STEPS ? 30 : 6;
    return trainer.step(latents, ids, VaeStage.SIDE / 8, mostImportance, learningRate);
  }

  /** Writes the checkpoint of what has been trained so far. */
  void write(Path checkpoint) {
    try (AutoencoderTrainer vae = new AutoencoderTrainer(VaeStage.CONFIG, seed);
        DenoiserTrainer denoiser = trainer()) {
      vae.resume(vaeState());
      Map<String, float[]> weights = new HashMap<>(denoiser.result());
      weights.computeIfPresent(
          "text_model.embeddings.token_embedding.weight",
          (name, rows) -> vocabulary.wholeTable(rows, VOCABULARY));
      new CheckpointWriter()
          .textEncoder(clip(VOCABULARY), weights)
          .unet(UNET, weights)
          .vae(VaeStage.CONFIG, scaling.applyTo(vae.result()))
          .metadata("modelspec.title", "SD-LoRA demo")
          .metadata("modelspec.architecture", "stable-diffusion-v1")
          .write(checkpoint);
    }
  }
}
