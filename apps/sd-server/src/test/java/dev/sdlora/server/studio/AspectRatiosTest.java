package dev.sdlora.server.studio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.ImageSize;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AspectRatiosTest {
  /** The sizes at 1024 are those of SDXL's training. */
  @ParameterizedTest
  @CsvSource({
    "1024, 1024, 8, 1, 1, 1024, 1024",
    "1024, 1024, 8, 3, 2, 1216, 832",
    "1024, 1024, 16, 2, 3, 832, 1216",
    "1024, 1024, 8, 4, 3, 1152, 896",
    "1024, 1024, 8, 16, 9, 1344, 768",
    "512, 512, 8, 3, 2, 608, 416",
    "768, 512, 8, 9, 16, 480, 800",
    "128, 128, 8, 1, 1, 128, 128",
    "128, 128, 8, 9, 16, 96, 168",
    "64, 64, 16, 3, 2, 80, 48"
  })
  void size_ofARatio_keepsAreaAndGrid(
      int trainedWidth, int trainedHeight, int multiple, int x, int y, int width, int height) {
    ImageSize trained = new ImageSize(trainedWidth, trainedHeight);

    assertThat(AspectRatios.size(trained, multiple, (double) x / y))
        .isEqualTo(new ImageSize(width, height));
  }
}
