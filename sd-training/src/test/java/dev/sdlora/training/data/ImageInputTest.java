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

  /** A mask has a grey level of its own even if its file has one channel. */
  @Test
  void mask_greyLevels_areSharesAndMoveWithTheImage() {
    BufferedImage mask = new BufferedImage(32, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      mask.getRaster().setSample(i % 32, i / 32, 0, i % 32 < 8 ? 255 : i % 32 < 16 ? 51 : 0);
    }
    Placement placement = new Placement(SIZE, 32, 8);
    float[] cut = ImageInput.mask(mask, placement);

    for (int i = 0; i < cut.length; i++) {
      assertThat(cut[i]).isCloseTo(i % 16 < 8 ? 0.2f : 0, within(1e-6f));
    }
    assertThat(ImageInput.mirrored(cut, 16)[15]).isCloseTo(0.2f, within(1e-6f));
    assertThat(ImageInput.mirrored(cut, 16)[0]).isZero();
  }

  @Test
  void averaged_mask_isTheMeanOfEachPosition() {
    float[] mask = new float[128];
    mask[0] = 1;
    mask[17] = 1;
    mask[127] = 1;

    assertThat(ImageInput.averaged(mask, new Placement(SIZE, 16, 8), 2, 4))
        .containsExactly(2 / 16f, 0, 0, 0, 0, 0, 0, 1 / 16f);
  }

  @Test
  void opacity_halfTransparent_isItsAlpha() {
    BufferedImage opacity = ImageInput.opacity(image(16, 8, new Color(255, 0, 0, 51)));

    for (float value : ImageInput.mask(opacity, new Placement(SIZE, 16, 8))) {
      assertThat(value).isCloseTo(0.2f, within(1e-6f));
    }
  }

  /** Without scaling, pixels stay as they are, and the crop is that of the other side. */
  @Test
  void fit_mirrored_isTheFitOfTheMirroredImage() {
    BufferedImage image = new BufferedImage(19, 8, BufferedImage.TYPE_INT_RGB);
    BufferedImage turned = new BufferedImage(19, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 19 * 8; i++) {
      image.setRGB(i % 19, i / 19, i * 7919);
      turned.setRGB(18 - i % 19, i / 19, i * 7919);
    }
    Placement placement = new Placement(SIZE, 19, 8);
    ImageInput.Fitted mirrored = ImageInput.fit(image, placement).mirrored(placement);
    float[] whole = ImageInput.fit(turned, placement).values();

    assertThat(mirrored.sizes()).isEqualTo(new TrainingImageSizes(8, 19, 0, 2, 8, 16));
    // The odd column that remains is cropped on the left now, one further than in the other fit.
    for (int i = 0; i < whole.length; i++) {
      if (i % 16 < 15) {
        assertThat(mirrored.values()[i]).isEqualTo(whole[i + 1]);
      }
    }
  }
}
