package dev.sdlora.demo;

import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.CheckpointWriter;
import dev.sdlora.demo.scratch.DenoiserTrainer;
import dev.sdlora.demo.scratch.DenoiserTrainer.Emphasis;
import dev.sdlora.demo.scratch.DenoiserTrainer.Settings;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.training.step.LearningRate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The third stage: a U-Net on the latents of captioned scenes. */
final class ModelStage {
  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(64, 96, 128), 1, List.of(0, 1, 1), 1, 8, TextStage.WIDTH, false);

  private static final int SCENES = 11_000;
  private static final int BATCH = 16;
  private static final double CAPTION_DROPOUT = 0.1;

  private static final int STEPS = 11_000;
  private static final LearningRate RATE = new LearningRate(1.5e-3, 200, STEPS, 0.01);

  /** Much noise weighs most: there, colours, places and shapes are decided. */
  private static final double MOST_IMPORTANCE = 50;

  /** The last steps weigh times with less noise more, where fine parts are decided. */
  private static final int FINE_STEPS = 2000;

  private static final double FINE_IMPORTANCE = 10;

  private static final int SAVE_EVERY = 1000;

  private final Path folder;
  private final long seed;
  private final DemoVocabulary vocabulary;
  private final LatentCache cache;
  private final Map<String, float[]> text;

  ModelStage(Path folder, DemoVocabulary vocabulary, long seed) {
    this.folder = folder;
    this.vocabulary = vocabulary;
    this.seed = seed;
    this.cache = LatentCache.open(folder.resolve("latents.safetensors"), vaeState(), SCENES, seed);
    this.text = TextStage.result(folder, vocabulary, seed);
  }

  private Path vaeState() {
    return folder.resolve(VaeStage.STATE);
  }

  private Path state() {
    return folder.resolve("model.safetensors");
  }

  /** Trains, or goes on with what an earlier run left in the folder. */
  void run() {
    WordGain gain = new WordGain(cache, vocabulary);
    try (DenoiserTrainer trainer = trainer()) {
      StageLoop.run(
          "model",
          trainer.step(),
          STEPS,
          SAVE_EVERY,
          step -> step(trainer, RATE.at(step)),
          () -> {
            trainer.save(state());
            System.out.println(gain.of(trainer));
          });
    }
  }

  private DenoiserTrainer trainer() {
    DenoiserTrainer trainer =
        new DenoiserTrainer(TextStage.clip(vocabulary.size()), text, UNET, Settings.PLAIN, seed);
    if (Files.exists(state())) {
      trainer.resume(state());
    }
    return trainer;
  }

  private double step(DenoiserTrainer trainer, double learningRate) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + trainer.step());
    int[] indices = new int[BATCH];
    int[][] ids = new int[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      indices[i] = random.nextInt(cache.size() - WordGain.SCENES);
      boolean dropped = random.nextDouble() < CAPTION_DROPOUT;
      ids[i] = vocabulary.rows(dropped ? "" : Captions.of(cache.scene(indices[i]), random));
    }
    double mostImportance = trainer.step() < STEPS - FINE_STEPS ? MOST_IMPORTANCE : FINE_IMPORTANCE;
    return trainer.step(
        cache.batch(indices),
        ids,
        VaeStage.LATENT_SIDE,
        new Emphasis(0, 2, 0.3, mostImportance),
        learningRate);
  }

  /** Writes the checkpoint of what has been trained so far. */
  void write(Path checkpoint) {
    try (AutoencoderTrainer vae = new AutoencoderTrainer(VaeStage.CONFIG, seed);
        DenoiserTrainer denoiser = trainer()) {
      vae.resume(vaeState());
      Map<String, float[]> weights = new HashMap<>(denoiser.result());
      weights.putAll(text);
      weights.computeIfPresent(
          "text_model.embeddings.token_embedding.weight",
          (name, rows) -> vocabulary.wholeTable(rows, TextStage.VOCABULARY));
      new CheckpointWriter()
          .textEncoder(TextStage.clip(TextStage.VOCABULARY), weights)
          .unet(UNET, weights)
          .vae(VaeStage.CONFIG, cache.scaling().applyTo(vae.result()))
          .metadata("modelspec.title", "SD-LoRA demo")
          .metadata("modelspec.architecture", "stable-diffusion-v1")
          .write(checkpoint);
    }
  }
}
