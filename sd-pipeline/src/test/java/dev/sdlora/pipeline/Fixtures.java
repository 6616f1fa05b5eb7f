package dev.sdlora.pipeline;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.testkit.TinyModels;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Goldens and models for tests. */
public final class Fixtures {
  public static final Path CHECKPOINT = TinyModels.CHECKPOINT;
  public static final Path LORAS = TinyModels.LORAS;
  public static final Path GOLDENS = path("/dev/sdlora/pipeline");

  private Fixtures() {}

  /**
   * Returns a builder of pipelines whose results do not depend on the instructions of the
   * processor.
   */
  public static Pipeline.Builder float32() {
    return Pipeline.builder().precision(Precision.FLOAT32);
  }

  public static TensorFile golden(String name) {
    return TensorFile.open(GOLDENS.resolve(name + ".safetensors"));
  }

  public static float[] floats(TensorFile file, String name) {
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(entry(file, name));
    }
  }

  static double[] doubles(TensorFile file, String name) {
    try (TensorFile.Reader reader = file.reader()) {
      double[] values = new double[(int) entry(file, name).elements()];
      reader.bytes(entry(file, name)).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
      return values;
    }
  }

  public static long[] shape(TensorFile file, String name) {
    return entry(file, name).shape().stream().mapToLong(Long::longValue).toArray();
  }

  static int[][] ids(TensorFile file, String name) {
    long[] shape = shape(file, name);
    int[][] ids = new int[(int) shape[0]][(int) shape[1]];
    try (TensorFile.Reader reader = file.reader()) {
      var values = reader.bytes(entry(file, name)).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      for (int[] row : ids) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (int) values.get();
        }
      }
    }
    return ids;
  }

  private static TensorEntry entry(TensorFile file, String name) {
    return file.find(name).orElseThrow(() -> new AssertionError("no golden " + name));
  }

  private static Path path(String resource) {
    URL url = Fixtures.class.getResource(resource);
    if (url == null) {
      throw new AssertionError("no test resource " + resource);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
