package dev.sdlora.pipeline;

import static org.assertj.core.api.Assertions.fail;

import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Goldens and models of the tests, and how to compare with them. */
final class Fixtures {
  static final Path CHECKPOINT = path("/models/tiny-sd1.safetensors");
  static final Path LORAS = path("/models/loras");
  static final Path GOLDENS = path("/dev/sdlora/pipeline");

  private Fixtures() {}

  static TensorFile golden(String name) {
    return TensorFile.open(GOLDENS.resolve(name + ".safetensors"));
  }

  static float[] floats(TensorFile file, String name) {
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

  static long[] shape(TensorFile file, String name) {
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

  /**
   * Compares element by element; the tolerance is a share of the golden's largest value. Reports
   * the worst element, and refuses NaN.
   */
  static void assertClose(float[] actual, float[] expected, double tolerance) {
    if (actual.length != expected.length) {
      fail("expected %d elements but there are %d", expected.length, actual.length);
    }
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    int worst = -1;
    double worstError = tolerance * largest;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]);
      if (!(error <= worstError)) {
        worst = i;
        worstError = error;
      }
    }
    if (worst >= 0) {
      fail(
          "element %d of %d: expected %s but was %s, %.2e of the largest value %s (allowed %.0e)",
          worst,
          expected.length,
          expected[worst],
          actual[worst],
          worstError / largest,
          largest,
          tolerance);
    }
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
