package dev.sdlora.pipeline.imageprompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipPixelsTest {
  @ParameterizedTest
  @CsvSource({"image, pixels", "tall, tall.pixels"})
  void square_wideAndTallImages_equalPillowsToTheLevel(String source, String expected) {
    assertThat(ClipPixels.square(raster(source), 28).samples())
        .isEqualTo(raster(expected).samples());
  }

  @Test
  void normalised_whiteImage_isAboveTheMeanByItsDeviation() {
    float[] planes = ClipPixels.normalised(Raster.filled(10, 9, 3, 255), 4);
    assertThat(planes).hasSize(3 * 16);
    assertThat((double) planes[0]).isCloseTo((1 - 0.48145466) / 0.26862954, within(1e-6));
    assertThat((double) planes[47]).isCloseTo((1 - 0.40821073) / 0.27577711, within(1e-6));
  }

  private static Raster raster(String name) {
    TensorFile file =
        TensorFile.open(Fixtures.FAMILY_GOLDENS.resolve("imageprompt/golden.safetensors"));
    TensorEntry entry = file.find(name).orElseThrow();
    try (TensorFile.Reader reader = file.reader()) {
      ByteBuffer bytes = reader.bytes(entry);
      byte[] samples = new byte[bytes.remaining()];
      bytes.get(samples);
      return new Raster(
          (int) (long) entry.shape().get(1), (int) (long) entry.shape().get(0), 3, samples);
    }
  }
}
