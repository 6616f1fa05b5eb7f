package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.ImageBatch;
import dev.sdlora.demo.emoji.Captioned;
import dev.sdlora.demo.emoji.CaptionedSource;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.emoji.Vocabulary;
import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.LatentScaling;
import dev.sdlora.demo.scratch.StoredLatents;
import dev.sdlora.tensors.number.DType;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Scenes of the base training and their latents, encoded once and stored on disk. */
final class Latents {
  /** The fraction by which latents are moved towards the values that a text implies. */
  private static final double TEXT_SHARE = 0.7;

  private static final int CHANNELS = AutoencoderStage.CONFIG.latentChannels();
  private static final int BATCH = 4;
  private static final int FINGERPRINTS = 50;

  private final StoredLatents stored;
  private final CaptionedSource scenes;
  private final long seed;

  /**
   * The latents that texts predict for each image, at unit variance; empty to use latents
   * unchanged.
   */
  private final List<float[]> targets;

  private Latents(StoredLatents stored, CaptionedSource scenes, long seed, List<float[]> targets) {
    this.stored = stored;
    this.scenes = scenes;
    this.seed = seed;
    this.targets = targets;
  }

  /**
   * Returns the latents moved most of the way towards what texts say about the images. Anything
   * that a text does not determine is left to the noise, and a small network turns that into spots
   * of wrong colour instead of a coherent image, so this reduces it.
   *
   * @param targets a latent for each image, at unit variance
   */
  Latents towards(List<float[]> targets) {
    return new Latents(stored, scenes, seed, targets);
  }

  /** Reads the file in the folder; writes it first if it is missing or holds other scenes. */
  static Latents open(Training training, Data data, int count) {
    Path file = training.folder().resolve("latents.safetensors");
    String scenes = fingerprint(training, data, count);
    if (!Files.exists(file) || !StoredLatents.isOf(scenes, file)) {
      write(file, scenes, training, data, count);
    }
    return new Latents(
        StoredLatents.read(file, count, AutoencoderStage.CONFIG),
        data.scenes(),
        training.seed(),
        List.of());
  }

  /** Returns a hash that identifies the scenes, because names and drawings change. */
  private static String fingerprint(Training training, Data data, int count) {
    DrawnScenePainter painter = new DrawnScenePainter(data.drawings());
    int hash = count;
    for (int i = 0; i < FINGERPRINTS; i++) {
      Captioned scene = data.scenes().of(seedOf(training.seed(), i));
      BufferedImage image = scene.draw(painter, AutoencoderStage.SIDE);
      hash = 31 * hash + Arrays.hashCode(ImageBatch.pixels(List.of(image)));
    }
    return Integer.toHexString(hash);
  }

  private static void write(Path file, String scenes, Training training, Data data, int count) {
    int side = AutoencoderStage.LATENT_SIDE;
    int elements = CHANNELS * side * side;
    float[] all = new float[count * elements];
    DrawnScenePainter painter = new DrawnScenePainter(data.drawings());
    try (AutoencoderTrainer vae = AutoencoderStage.trainer(training)) {
      for (int from = 0; from < count; from += BATCH) {
        int batch = Math.min(BATCH, count - from);
        List<BufferedImage> images = new ArrayList<>();
        for (int i = from; i < from + batch; i++) {
          images.add(
              data.scenes().of(seedOf(training.seed(), i)).draw(painter, AutoencoderStage.SIDE));
        }
        float[] encoded = vae.encode(ImageBatch.pixels(images), batch, AutoencoderStage.SIDE);
        // Means come before log variances, image by image.
        int stride = encoded.length / batch;
        for (int i = 0; i < batch; i++) {
          System.arraycopy(encoded, i * stride, all, (from + i) * elements, elements);
        }
        if ((from + batch) % 1000 < BATCH) {
          System.out.printf("latents %d of %d%n", from + batch, count);
        }
      }
    }
    StoredLatents.write(file, scenes, all, side, AutoencoderStage.CONFIG, DType.F16);
  }

  int size() {
    return stored.size();
  }

  /** Returns the scaling of these latents, the encoder's means, to unit variance. */
  LatentScaling scaling() {
    return stored.scaling();
  }

  /** Returns some latents at unit variance, [indices][channels][side][side]. */
  float[] batch(int... indices) {
    float[] batch = stored.batch(indices);
    if (targets.isEmpty()) {
      return batch;
    }
    float[] predicted = new float[batch.length];
    int elements = batch.length / indices.length;
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(targets.get(indices[i]), 0, predicted, i * elements, elements);
    }
    return towards(batch, predicted, TEXT_SHARE);
  }

  /** Moves latents part of the way towards what texts say. */
  static float[] towards(float[] latents, float[] targets, double share) {
    float[] near = new float[latents.length];
    for (int i = 0; i < near.length; i++) {
      near[i] = (float) (latents[i] + share * ((double) targets[i] - latents[i]));
    }
    return near;
  }

  /** Returns the token ids of some scenes' plain captions, the same in each call. */
  int[][] plainCaptions(Vocabulary vocabulary, int... indices) {
    return Arrays.stream(indices)
        .mapToObj(i -> scene(i).plainCaption(new SplittableRandom(i)).text())
        .map(vocabulary::rows)
        .toArray(int[][]::new);
  }

  Captioned scene(int index) {
    return scenes.of(seedOf(seed, index));
  }

  private static long seedOf(long seed, int index) {
    return seed * 1_000_033 + index;
  }
}
