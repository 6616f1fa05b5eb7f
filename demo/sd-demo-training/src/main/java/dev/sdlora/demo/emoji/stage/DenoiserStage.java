package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.StageLoop;
import dev.sdlora.demo.WarmRestart;
import dev.sdlora.demo.emoji.CaptionWords;
import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.CheckpointWriter;
import dev.sdlora.demo.scratch.DenoiserTrainer;
import dev.sdlora.demo.scratch.DenoiserTrainer.Emphasis;
import dev.sdlora.demo.scratch.TextEncoderTrainer;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.training.step.LearningRate;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The third stage: a U-Net trained on the latents of captioned scenes. */
final class DenoiserStage implements AutoCloseable {
  private static final UNetConfig UNET =
      new UNetConfig(
          4, 4, List.of(64, 128, 160), 1, List.of(1, 1, 1), 1, 8, TextEncoderStage.WIDTH, false);

  static final String NETWORK = "model";
  static final int SCENES = 36_000;
  private static final int BATCH = 32;
  private static final double CAPTION_DROPOUT = 0.1;

  private static final WarmRestart RATE =
      new WarmRestart(
          new LearningRate(1.2e-3, 300, 31_000, 0.02), new LearningRate(7e-4, 200, 7_500, 0.02));

  /**
   * The number of first steps that see only high noise levels, where the image depends almost
   * entirely on the text. The network must learn to use the text before anything else.
   */
  private static final int FIRST_STEPS = 5000;

  private static final Emphasis FIRST = new Emphasis(600, 2, 0.3, 50);

  /** Later steps also see lower noise levels, which determine outlines. */
  private static final Emphasis THEN = new Emphasis(0, 1.5, 0.4, 60);

  private static final int SAVE_EVERY = 1000;

  private static final String USAGE_HINT =
      "Draws each thing in one way: seeds change an image very little, so change the words or add"
          + " a LoRA to get another image.";

  private final Training training;
  private final Data data;
  private final Latents latents;
  private final TextEncoderTrainer text;

  DenoiserStage(Training training, Data data) {
    this.training = training;
    this.data = data;
    this.latents = Latents.open(training, data, SCENES);
    this.text = new TextEncoderStage(training, data).trainer();
  }

  /** Trains the stage, resuming an interrupted run. */
  void run() {
    Latents near = latents.towards(sketches());
    WordErrors errors = new WordErrors(near, data.vocabulary());
    try (DenoiserTrainer trainer = trainer()) {
      StageLoop.run(
          "model",
          trainer.step(),
          RATE.steps(),
          SAVE_EVERY,
          step -> step(trainer, near, RATE.at(step)),
          () -> {
            training.state(NETWORK).save(trainer);
            System.out.println(errors.of(trainer));
          });
    }
  }

  /** Returns the U-Net in its current state of training. */
  DenoiserTrainer trainer() {
    return training
        .state(NETWORK)
        .begin(
            new DenoiserTrainer(
                TextEncoderStage.clip(data.vocabulary().size()),
                text.result(),
                UNET,
                new DenoiserTrainer.Settings(ScalarType.BFLOAT16, Training.THREADS, this::sketches),
                training.seed()));
  }

  private float[] sketches(int[][] ids) {
    return TextEncoderStage.sketches(text, ids);
  }

  /** Returns the latents that texts alone predict for all images. */
  private List<float[]> sketches() {
    return IntStream.range(0, latents.size() / BATCH)
        .parallel()
        .mapToObj(batch -> IntStream.range(batch * BATCH, (batch + 1) * BATCH))
        .flatMap(indices -> sketches(indices.toArray()))
        .toList();
  }

  private Stream<float[]> sketches(int[] indices) {
    float[] all = sketches(latents.plainCaptions(data.vocabulary(), indices));
    int elements = all.length / indices.length;
    return IntStream.range(0, indices.length)
        .mapToObj(i -> Arrays.copyOfRange(all, i * elements, (i + 1) * elements));
  }

  private double step(DenoiserTrainer trainer, Latents near, double learningRate) {
    SplittableRandom random = new SplittableRandom(training.seed() * 1_000_003 + trainer.step());
    int[] indices = new int[BATCH];
    int[][] ids = new int[BATCH][];
    for (int i = 0; i < BATCH; i++) {
      indices[i] = random.nextInt(latents.size() - WordErrors.SCENES);
      boolean dropped = random.nextDouble() < CAPTION_DROPOUT;
      String caption = dropped ? "" : latents.scene(indices[i]).caption(random).text();
      ids[i] = data.vocabulary().rows(caption);
    }
    return trainer.step(
        near.batch(indices),
        ids,
        AutoencoderStage.LATENT_SIDE,
        trainer.step() < FIRST_STEPS ? FIRST : THEN,
        learningRate);
  }

  /** Writes the current state of training as a checkpoint. */
  void write(Path checkpoint) {
    try (AutoencoderTrainer vae = DecoderStage.trainer(training, latents.scaling());
        DenoiserTrainer denoiser = trainer()) {
      Map<String, float[]> weights = new HashMap<>(denoiser.result());
      weights.putAll(text.result());
      weights.computeIfPresent(
          "text_model.embeddings.token_embedding.weight",
          (name, rows) -> data.vocabulary().wholeTable(rows, TextEncoderStage.VOCABULARY));
      new CheckpointWriter()
          .textEncoder(TextEncoderStage.clip(TextEncoderStage.VOCABULARY), weights)
          .unet(UNET, weights)
          .vae(AutoencoderStage.CONFIG, vae.result())
          .metadata("modelspec.title", "SD-LoRA demo")
          .metadata("modelspec.architecture", "stable-diffusion-v1")
          .metadata("modelspec.resolution", "128x128")
          .metadata("sdlora.cfg_scale", "4")
          .metadata("sdlora.hires_fix", "no")
          .metadata("modelspec.usage_hint", USAGE_HINT)
          .metadata("sdlora.words", String.join(", ", CaptionWords.of(data.nouns(), data.scenes())))
          .write(checkpoint);
    }
  }

  @Override
  public void close() {
    text.close();
  }
}
