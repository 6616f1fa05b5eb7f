package dev.sdlora.demo;

import dev.sdlora.demo.scratch.AutoencoderTrainer;
import dev.sdlora.demo.scratch.LatentScaling;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Scenes of the base training and their latents, encoded once and kept on disk. */
final class LatentCache {
  private static final int CHANNELS = VaeStage.CONFIG.latentChannels();

  private static final double SCALE = VaeStage.CONFIG.latentScale();

  private final float[][] latents;
  private final LatentScaling scaling;
  private final long seed;

  private LatentCache(float[][] latents, long seed) {
    this.latents = latents;
    this.scaling = LatentScaling.of(latents, CHANNELS, SCALE);
    this.seed = seed;
  }

  /** Reads the file, or writes it first. */
  static LatentCache open(Path file, Path vaeState, int count, long seed) {
    if (!Files.exists(file)) {
      write(file, vaeState, count, seed);
    }
    TensorFile stored = TensorFile.open(file);
    float[][] latents = new float[count][];
    try (TensorFile.Reader reader = stored.reader()) {
      float[] all = reader.floats(stored.find("latents").orElseThrow());
      int elements = all.length / count;
      for (int i = 0; i < count; i++) {
        latents[i] = Arrays.copyOfRange(all, i * elements, (i + 1) * elements);
      }
    }
    return new LatentCache(latents, seed);
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
    List<Long> shape = List.of((long) count, (long) CHANNELS, (long) side, (long) side);
    new SafetensorsWriter().tensor("latents", shape, all, DType.F32).write(file);
  }

  int size() {
    return latents.length;
  }

  /** What brings these latents, the means of the encoder, to unit variance. */
  LatentScaling scaling() {
    return scaling;
  }

  /** Some latents at unit variance, [indices][channels][side][side]. */
  float[] batch(int... indices) {
    int elements = latents[0].length;
    float[] batch = new float[indices.length * elements];
    for (int i = 0; i < indices.length; i++) {
      float[] unit = scaling.unit(latents[indices[i]], SCALE);
      System.arraycopy(unit, 0, batch, i * elements, elements);
    }
    return batch;
  }

  Scene scene(int index) {
    return scene(seed, index);
  }

  private static Scene scene(long seed, int index) {
    return new SceneSource(seed * 1_000_033 + index).training();
  }
}
