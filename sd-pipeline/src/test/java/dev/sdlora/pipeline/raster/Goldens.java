package dev.sdlora.pipeline.raster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Results of other programs for small images; {@code README.md} next to the file describes how they
 * were made.
 */
final class Goldens {
  private Goldens() {}

  static Raster raster(String name) {
    try {
      Path path =
          Path.of(Objects.requireNonNull(Goldens.class.getResource("goldens.safetensors")).toURI());
      TensorFile file = TensorFile.open(path);
      TensorEntry entry = file.find(name).orElseThrow();
      try (TensorFile.Reader reader = file.reader()) {
        ByteBuffer bytes = reader.bytes(entry);
        byte[] samples = new byte[bytes.remaining()];
        bytes.get(samples);
        int height = entry.shape().get(0).intValue();
        int width = entry.shape().get(1).intValue();
        return new Raster(width, height, samples.length / (width * height), samples);
      }
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Fails if levels differ by more than the given number. */
  static void assertClose(Raster actual, Raster expected, int most) {
    assertThat(actual.isAsLargeAs(expected)).isTrue();
    assertThat(actual.channels()).isEqualTo(expected.channels());
    int worst = 0;
    for (int i = 0; i < actual.samples().length; i++) {
      worst = Math.max(worst, Math.abs(actual.level(i) - expected.level(i)));
    }
    assertThat(worst).isLessThanOrEqualTo(most);
  }
}
