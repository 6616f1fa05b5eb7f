package dev.sdlora.demo;

import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.LatentScaling;
import dev.sdlora.demo.scratch.StoredLatents;
import dev.sdlora.tensors.file.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Scenes of the base training and their latents, encoded once and kept on disk. */
final class LatentCache {
  private static final int CHANNELS = VaeStage.CONFIG.latentChannels();

  private final StoredLatents stored;
  private final long seed;

  private LatentCache(StoredLatents stored, long seed) {
    this.stored = stored;
    this.seed = seed;
  }

  /** Reads the file, or writes it first. */
  static LatentCache open(Path file, Path vaeState, int count, long seed) {
    if (!Files.exists(file)) {
      write(file, vaeState, count, seed);
    }
    return new LatentCache(StoredLatents.read(file, count, VaeStage.CONFIG), seed);
  }

  private static void write(Path file, Path vaeState, int count, long seed) {
    int side = VaeStage.LATENT_SIDE;
    int elements = CHANNELS * side * side;
    float[] all = new float[count * elements];
    try (AutoencoderTrainer vae = new AutoencoderTrainer(VaeStage.CONFIG, seed)) {
      vae.resume(vaeState);
      for (int i = 0; i < count; i++) {
        float[] pixels = PictureBatch.pixels(List.of(scene(seed, i).draw(VaeStage.SIDE)));
        System.arraycopy(vae.encode(pixels, 1, VaeStage.SIDE), 0, all, i * elements, elements);
        if ((i + 1) % 1000 == 0) {
          System.out.printf("latents %d of %d%n", i + 1, count);
        }
      }
    }
    StoredLatents.write(file, "shapes", all, side, VaeStage.CONFIG, DType.F32);
  }

  int size() {
    return stored.size();
  }

  /** What brings these latents, the means of the encoder, to unit variance. */
  LatentScaling scaling() {
    return stored.scaling();
  }

  /** Some latents at unit variance, [indices][channels][side][side]. */
  float[] batch(int... indices) {
    return stored.batch(indices);
  }

  Scene scene(int index) {
    return scene(seed, index);
  }

  private static Scene scene(long seed, int index) {
    return new SceneSource(seed * 1_000_033 + index).training();
  }
}
