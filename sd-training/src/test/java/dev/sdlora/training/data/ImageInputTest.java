package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageInputTest {
  private static final ImageSize SIZE = new ImageSize(16, 8);

  private static BufferedImage image(int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return image;
  }

  @Test
  void fit_sameSize_keepsEveryPixel() {
    BufferedImage image = image(16, 8, new Color(0, 51, 255));
    image.setRGB(3, 2, 0xffffffff);

    float[] pixels = ImageInput.fit(image, SIZE).values();

    assertThat(pixels).hasSize(3 * 128);
    assertThat(pixels[0]).isEqualTo(-1);
    assertThat(pixels[128]).isCloseTo(-0.6f, within(1e-6f));
    assertThat(pixels[256]).isEqualTo(1);
    assertThat(pixels[2 * 16 + 3]).isEqualTo(1);
  }

  /** Sizes at which halving, rounding and cropping are error-prone: no edge may show the canvas. */
  @ParameterizedTest
  @CsvSource({"17, 9", "1000, 3000", "333, 37", "5, 5", "31, 15", "1, 1"})
  void fit_anySize_coversAllOfIt(int width, int height) {
    float[] pixels = ImageInput.fit(image(width, height, Color.BLACK), SIZE).values();

    for (float pixel : pixels) {
      assertThat(pixel).isCloseTo(-1, within(0.02f));
    }
  }

  @Test
  void fit_wideOne_keepsItsMiddle() {
    BufferedImage image = image(64, 8, Color.BLACK);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(24, 0, 16, 8);
    graphics.dispose();

    assertThat(ImageInput.fit(image, SIZE).values()).containsOnly(1f);
  }

  @Test
  void fit_transparent_isWhite() {
    assertThat(ImageInput.fit(image(16, 8, new Color(0, 0, 0, 0)), SIZE).values()).containsOnly(1f);
  }

  /** Crops are measured in pixels of the scaled image. */
  @ParameterizedTest
  @CsvSource({"16, 8, 0, 0", "64, 8, 0, 24", "32, 64, 12, 0", "128, 32, 0, 8", "1, 1, 4, 0"})
  void fit_anySize_tellsWhatItWasAndWhatWasCutOff(int width, int height, int top, int left) {
    assertThat(ImageInput.fit(image(width, height, Color.RED), SIZE).sizes())
        .isEqualTo(new TrainingImageSizes(height, width, top, left, 8, 16));
  }
}
