package dev.sdlora.tensorkit;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Reads the tensors of goldens. */
public final class GoldenTensors {
  private GoldenTensors() {}

  /** Returns a folder of the test resources, such as {@code /dev/sdlora/families}. */
  public static Path folder(String resource) {
    URL url = GoldenTensors.class.getResource(resource);
    if (url == null) {
      throw new AssertionError("no test resource " + resource);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  public static float[] floats(TensorFile file, String name) {
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(entry(file, name));
    }
  }

  public static double[] doubles(TensorFile file, String name) {
    try (TensorFile.Reader reader = file.reader()) {
      double[] values = new double[(int) entry(file, name).elements()];
      reader.bytes(entry(file, name)).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
      return values;
    }
  }

  public static long[] shape(TensorFile file, String name) {
    return entry(file, name).shape().stream().mapToLong(Long::longValue).toArray();
  }

  public static int[][] ids(TensorFile file, String name) {
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
}
