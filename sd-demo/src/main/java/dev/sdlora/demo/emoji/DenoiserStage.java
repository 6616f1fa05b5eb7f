package dev.sdlora.demo.emoji;

import dev.sdlora.demo.StageLoop;
import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.CheckpointWriter;
import dev.sdlora.demo.scratch.DenoiserTrainer;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.training.step.LearningRate;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The third stage: a U-Net on the latents of captioned scenes. */
final class DenoiserStage {
  private static final UNetConfig UNET =
      new UNetConfig(
          4, 4, List.of(64, 128, 160), 1, List.of(0, 1, 1), 1, 4, TextEncoderStage.WIDTH, false);

  static final String NETWORK = "model";
  private static final double WARMUP = 200;
  static final int SCENES = 24_000;
  private static final int BATCH = 16;
  private static final double CAPTION_DROPOUT = 0.1;

  private static final int STEPS = 60_000;
  private static final LearningRate RATE = new LearningRate(1.2e-3, 300, STEPS, 0.02);

  /** Much noise weighs most: there, what a thing is and where is decided. */
  private static final double MOST_IMPORTANCE = 50;

  /** The last steps weigh times with less noise more, where fine parts are decided. */
  private static final int FINE_STEPS = 8000;

  private static final double FINE_IMPORTANCE = 10;
  private static final int SAVE_EVERY = 500;

  private final Training training;
  private final Data data;
  private final Latents latents;
  private final Map<String, float[]> text;

  DenoiserStage(Training training, Data data) {
    this.training = training;
    this.data = data;
    this.latents = Latents.open(training, data, SCENES);
    this.text = new TextEncoderStage(training, data).result();
  }

  /** Trains, or goes on with what an earlier run left. */
  void run() {
    WordErrors errors = new WordErrors(latents, data.vocabulary());
    try (DenoiserTrainer trainer = trainer()) {
      int first = trainer.step();
      StageLoop.run(
          "model",
          first,
          STEPS,
          SAVE_EVERY,
          // An optimiser that was not kept has to learn the sizes of gradients first.
          step -> step(trainer, RATE.at(step) * Math.min(1, (step - first + 1) / WARMUP)),
          () -> {
            training.state(NETWORK).save(trainer);
            System.out.println(errors.of(trainer));
          });
    }
  }

  /** The U-Net as far as it is trained. */
  DenoiserTrainer trainer() {
    return training
        .state(NETWORK)
        .begin(
            new DenoiserTrainer(
                TextEncoderStage.clip(data.vocabulary().size()),
                text,
                UNET,
                ScalarType.BFLOAT16,
                training.seed()));
  }

  private double step(DenoiserTrainer trainer, double learningRate) {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + trainer.step());
    int[] indices = new int[BATCH];
    int[][] ids = new int[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      indices[i] = random.nextInt(latents.size() - WordErrors.SCENES);
      boolean dropped = random.nextDouble() < CAPTION_DROPOUT;
      String caption = dropped ? "" : latents.scene(indices[i]).caption(random).text();
      ids[i] = data.vocabulary().rows(caption);
    }
    double mostImportance = trainer.step() < STEPS - FINE_STEPS ? MOST_IMPORTANCE : FINE_IMPORTANCE;
    return trainer.step(
        latents.batch(indices), ids, AutoencoderStage.LATENT_SIDE, mostImportance, learningRate);
  }

  /** Writes the checkpoint of what has been trained so far. */
  void write(Path checkpoint) {
    try (AutoencoderTrainer vae = AutoencoderStage.trainer(training);
        DenoiserTrainer denoiser = trainer()) {
      Map<String, float[]> weights = new HashMap<>(denoiser.result());
      weights.putAll(text);
      weights.computeIfPresent(
          "text_model.embeddings.token_embedding.weight",
          (name, rows) -> data.vocabulary().wholeTable(rows, TextEncoderStage.VOCABULARY));
      new CheckpointWriter()
          .textEncoder(TextEncoderStage.clip(TextEncoderStage.VOCABULARY), weights)
          .unet(UNET, weights)
          .vae(AutoencoderStage.CONFIG, latents.scaling().applyTo(vae.result()))
          .metadata("modelspec.title", "SD-LoRA demo")
          .metadata("modelspec.architecture", "stable-diffusion-v1")
          .write(checkpoint);
    }
  }
}
