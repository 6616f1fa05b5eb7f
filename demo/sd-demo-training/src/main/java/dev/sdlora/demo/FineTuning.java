package dev.sdlora.demo;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.demo.scratch.CheckpointWriter;
import dev.sdlora.demo.scratch.DenoiserTrainer;
import dev.sdlora.pipeline.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.step.LearningRate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains all weights of the bundled model's U-Net on pen drawings, as DreamBooth and other full
 * fine-tunings do. A LoRA achieves the same with a hundredth of the parameters.
 */
final class FineTuning {
  private static final int SIDE = 128;
  private static final int PICTURES = 640;
  private static final int BATCH = 8;
  private static final double RATE = 8e-4;
  private static final DenoiserTrainer.Emphasis EMPHASIS =
      new DenoiserTrainer.Emphasis(0, 2, 0.3, 20);
  private static final long SEED = 1;

  private final ModelFiles model = CheckpointReader.read(DemoModel.checkpoint());
  private final Map<String, float[]> text = values(model.textEncoders().get(0).weights());
  private final Map<String, float[]> unet = values(model.unet().weights());
  private final Map<String, float[]> vae = values(model.vae().weights());

  private static Map<String, float[]> values(Map<String, Origin> weights) {
    Map<String, float[]> values = new HashMap<>();
    weights.forEach(
        (name, origin) -> {
          try (TensorFile.Reader reader = origin.file().reader()) {
            values.put(name, reader.floats(origin.entry()));
          }
        });
    return values;
  }

  /** Trains for a number of steps and writes the checkpoint. */
  void write(int steps, Path checkpoint) {
    List<float[]> latents = new ArrayList<>();
    List<int[]> ids = new ArrayList<>();
    int pictures = Math.min(PICTURES, steps * BATCH);
    encode(pictures, latents, ids);
    LearningRate rate = new LearningRate(RATE, Math.min(20, steps), steps, 0.01);
    int side = SIDE / 8;
    try (DenoiserTrainer trainer =
        new DenoiserTrainer(
            model.textEncoders().get(0).config(),
            text,
            model.unet().config(),
            DenoiserTrainer.Settings.PLAIN,
            SEED)) {
      trainer.startFrom(unet);
      SplittableRandom random = new SplittableRandom(SEED);
      StageLoop.run(
          "fine-tuning",
          0,
          steps,
          steps,
          step -> {
            int[] chosen = random.ints(BATCH, 0, pictures).toArray();
            return trainer.step(
                batch(latents, chosen), texts(ids, chosen), side, EMPHASIS, rate.at(step));
          },
          () -> write(trainer.latest(), checkpoint));
    }
  }

  /** Encodes images in the style of {@code ink_lines}, with captions that do not mention it. */
  private void encode(int pictures, List<float[]> latents, List<int[]> ids) {
    SceneSource scenes = new SceneSource(SEED + 77);
    SplittableRandom random = new SplittableRandom(SEED);
    ImageSize size = new ImageSize(SIDE, SIDE);
    try (ImageEncoder encoder = ImageEncoder.load(model)) {
      for (int i = 0; i < pictures; i++) {
        Scene scene = scenes.training();
        float[] pixels = ImageBatch.pixels(List.of(scene.withLook(Look.LINES).draw(SIDE)));
        latents.add(encoder.encode(pixels, size, SEED + i));
        WeightedText caption = new WeightedText(Captions.of(scene, random), 1);
        ids.add(Chunks.of(List.of(caption), ClipTokenizer.standard()).get(0).ids());
      }
    }
  }

  private static float[] batch(List<float[]> latents, int[] chosen) {
    int elements = latents.get(0).length;
    float[] batch = new float[chosen.length * elements];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(latents.get(chosen[i]), 0, batch, i * elements, elements);
    }
    return batch;
  }

  private static int[][] texts(List<int[]> ids, int[] chosen) {
    int[][] texts = new int[chosen.length][];
    for (int i = 0; i < chosen.length; i++) {
      texts[i] = ids.get(chosen[i]);
    }
    return texts;
  }

  /**
   * Writes the bundled model with noise added to each matrix, for comparison with a trained change.
   *
   * @param share the norm of each matrix's change, as a fraction of the matrix's norm
   */
  void writeNoisy(double share, Path checkpoint) {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, float[]> noisy = new HashMap<>();
    model
        .unet()
        .config()
        .weights()
        .forEach(
            (name, shape) -> {
              float[] values = unet.getOrDefault(name, new float[0]).clone();
              double deviation = shape.size() > 1 ? share * rootMeanSquare(values) : 0;
              for (int i = 0; i < values.length; i++) {
                values[i] += (float) (deviation * random.nextGaussian());
              }
              noisy.put(name, values);
            });
    write(noisy, checkpoint);
  }

  private static double rootMeanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private void write(Map<String, float[]> trained, Path checkpoint) {
    new CheckpointWriter()
        .textEncoder(model.textEncoders().get(0).config(), text)
        .unet(model.unet().config(), trained)
        .vae(model.vae().config(), vae)
        .write(checkpoint);
  }
}
