package dev.sdlora.demo.scratch;

import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Latents of many images of one size, which were encoded once, in a file and at unit variance. */
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
   * Writes latents in a row, [count][channels][side][side], in a number format.
   *
   * @param pictures tells what images they are of
   */
  public static void write(
      Path file, String pictures, float[] latents, int side, VaeConfig config, DType format) {
    long channels = config.latentChannels();
    long count = latents.length / (channels * side * side);
    List<Long> shape = List.of(count, channels, (long) side, (long) side);
    new SafetensorsWriter()
        .metadata(PICTURES, pictures)
        .tensor(NAME, shape, latents, format)
        .write(file);
  }

  /** Whether a file was written with the same word for what images its latents are of. */
  public static boolean isOf(String pictures, Path file) {
    return pictures.equals(TensorFile.open(file).metadata().get(PICTURES));
  }

  /** Reads a number of latents, which a file has been written with. */
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

  /** How many there are. */
  public int size() {
    return latents.length;
  }

  /** What brings these latents, the means of the encoder, to unit variance. */
  public LatentScaling scaling() {
    return scaling;
  }

  /** Some latents at unit variance, [indices][channels][side][side]. */
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
