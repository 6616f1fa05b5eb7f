package dev.sdlora.demo.scratch;

import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A file with latents of many images of one size, encoded once, at unit variance. */
public final class StoredLatents {
  private static final String NAME = "latents";
  private static final String PICTURES = "pictures";

  private final float[][] latents;
  private final double scale;
  private final LatentScaling scaling;

  private StoredLatents(float[][] latents, VaeConfig config) {
    this.latents = latents;
    this.scale = config.latentScale();
    this.scaling = LatentScaling.of(latents, config.latentChannels(), scale);
  }

  /**
   * Writes latents [count][channels][side][side] with a dtype.
   *
   * @param images identifies the images
   */
  public static void write(
      Path file, String images, float[] latents, int side, VaeConfig config, DType format) {
    long channels = config.latentChannels();
    long count = latents.length / (channels * side * side);
    List<Long> shape = List.of(count, channels, (long) side, (long) side);
    new SafetensorsWriter()
        .metadata(PICTURES, images)
        .tensor(NAME, shape, latents, format)
        .write(file);
  }

  /** Whether a file holds latents of the identified images. */
  public static boolean isOf(String images, Path file) {
    return images.equals(TensorFile.open(file).metadata().get(PICTURES));
  }

  /** Reads the given number of latents, with which the file was written. */
  public static StoredLatents read(Path file, int count, VaeConfig config) {
    TensorFile stored = TensorFile.open(file);
    float[][] latents = new float[count][];
    try (TensorFile.Reader reader = stored.reader()) {
      float[] all = reader.floats(stored.find(NAME).orElseThrow());
      int elements = all.length / count;
      for (int i = 0; i < count; i++) {
        latents[i] = Arrays.copyOfRange(all, i * elements, (i + 1) * elements);
      }
    }
    return new StoredLatents(latents, config);
  }

  /** Returns the number of latents. */
  public int size() {
    return latents.length;
  }

  /** Returns the scaling of these latents, the encoder's means, to unit variance. */
  public LatentScaling scaling() {
    return scaling;
  }

  /** Returns some latents at unit variance, [indices][channels][side][side]. */
  public float[] batch(int... indices) {
    int elements = latents[0].length;
    float[] batch = new float[indices.length * elements];
    for (int i = 0; i < indices.length; i++) {
      float[] unit = scaling.unit(latents[indices[i]], scale);
      System.arraycopy(unit, 0, batch, i * elements, elements);
    }
    return batch;
  }
}
