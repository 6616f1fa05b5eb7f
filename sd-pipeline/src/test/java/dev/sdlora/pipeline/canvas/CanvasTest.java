package dev.sdlora.pipeline.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.pipeline.raster.Raster;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CanvasTest {
  private static final ImageSize SIZE = new ImageSize(64, 64);

  /** Creates an image whose pixels encode their position. */
  private static Raster gradient(int width, int height) {
    byte[] samples = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      samples[3 * i] = (byte) (i % width);
      samples[3 * i + 1] = (byte) (i / width);
      samples[3 * i + 2] = 77;
    }
    return new Raster(width, height, 3, samples);
  }

  private static Raster mask(int width, int height, int left, int top, int side) {
    return Raster.filled(width, height, 3, 0).with(Raster.filled(side, side, 3, 255), left, top);
  }

  private static ImageToImage.Builder on(Raster picture) {
    return ImageToImage.builder(picture.toImage());
  }

  private static Canvas inpainting(
      Raster picture, Raster mask, UnaryOperator<Inpainting.Builder> more) {
    Inpainting part = more.apply(Inpainting.builder(mask.toImage())).build();
    return Canvas.of(on(picture).inpainting(part).build(), SIZE, 8);
  }

  /** As diffusers folds masks: 8 rows of 8 pixels of each square are 64 channels. */
  @Test
  void squares_ofAMask_areItsPixelsByPlaceInTheSquare() {
    ImageSize size = new ImageSize(32, 24);
    Raster mask = Raster.filled(32, 24, 1, 0).with(Raster.filled(1, 1, 1, 255), 9, 18);
    float[] squares = CanvasEncoder.squares(Optional.of(mask), size);
    float[] expected = new float[32 * 24];
    int channel = 18 % 8 * 8 + 9 % 8;
    expected[(channel * 3 + 18 / 8) * 4 + 9 / 8] = 1;
    assertThat(squares).isEqualTo(expected);
    assertThat(CanvasEncoder.squares(Optional.empty(), size)).containsOnly(1);
  }

  @ParameterizedTest
  @EnumSource(ResizeMode.class)
  void of_everyResizeMode_hasTheRequestsSize_unlessTheLatentIsResized(ResizeMode mode) {
    Canvas canvas = Canvas.of(on(gradient(90, 41)).resizeMode(mode).build(), SIZE, 8);
    boolean latent = mode == ResizeMode.LATENT_UPSCALE;
    assertThat(canvas.image().width()).isEqualTo(latent ? 88 : 64);
    assertThat(canvas.image().height()).isEqualTo(latent ? 40 : 64);
    assertThat(canvas.mask()).isEmpty();
  }

  @Test
  void of_cropAndResize_cutsBothSidesAlike() {
    Raster framed =
        Canvas.of(on(gradient(128, 64)).resizeMode(ResizeMode.CROP_AND_RESIZE).build(), SIZE, 8)
            .image();
    assertThat(framed.level(0)).isEqualTo(32);
    assertThat(framed.level(3 * 63)).isEqualTo(95);
  }

  @Test
  void of_resizeAndFill_repeatsTheOutermostRows() {
    Raster framed =
        Canvas.of(on(gradient(64, 32)).resizeMode(ResizeMode.RESIZE_AND_FILL).build(), SIZE, 8)
            .image();
    for (int y = 0; y < 64; y++) {
      int expected = Math.max(0, Math.min(31, y - 16));
      assertThat(framed.level(3 * 64 * y + 1)).as("row %d", y).isEqualTo(expected);
    }
  }

  @Test
  void finish_masked_leavesTheRestExactly_andTheMiddleNew() {
    Raster picture = gradient(64, 64);
    Raster drawn = Raster.filled(64, 64, 3, 200);
    Canvas canvas = inpainting(picture, mask(64, 64, 20, 20, 24), part -> part.maskBlur(2));
    Raster result = canvas.finish(drawn);
    int partly = 0;
    for (int i = 0; i < 64 * 64; i++) {
      int x = i % 64;
      int y = i / 64;
      boolean far = x < 15 || x > 48 || y < 15 || y > 48;
      boolean inside = x > 21 && x < 42 && y > 21 && y < 42;
      int level = result.level(3 * i);
      if (far) {
        assertThat(level).isEqualTo(x);
      } else if (inside) {
        assertThat(level).isEqualTo(200);
      } else if (level != x && level != 200) {
        partly++;
      }
    }
    assertThat(partly).isGreaterThan(50);
  }

  @Test
  void of_inverted_paintsTheOtherPart() {
    Canvas canvas =
        inpainting(
            gradient(64, 64), mask(64, 64, 0, 0, 8), part -> part.maskBlur(0).inverted(true));
    Raster result = canvas.finish(Raster.filled(64, 64, 3, 200));
    assertThat(result.level(0)).isZero();
    assertThat(result.level(3 * 40)).isEqualTo(200);
  }

  @Test
  void onlyMasked_paintsACutOut_andPutsItBack() {
    Raster picture = gradient(201, 99);
    Canvas canvas =
        inpainting(
            picture,
            mask(201, 99, 100, 40, 16),
            part -> part.onlyMasked(true).padding(8).maskBlur(0));
    // 16 + 2·8 pixels, generated at twice the size.
    assertThat(canvas.image().level(0)).isBetween(91, 92);
    assertThat(canvas.image().level(3 * 63)).isBetween(123, 124);
    Raster result = canvas.finish(Raster.filled(64, 64, 3, 200));
    assertThat(result.isAsLargeAs(picture)).isTrue();
    for (int i = 0; i < 201 * 99; i++) {
      int x = i % 201;
      int y = i / 201;
      boolean masked = x >= 100 && x < 116 && y >= 40 && y < 56;
      assertThat(result.level(3 * i)).isEqualTo(masked ? 200 : x);
    }
  }

  @Test
  void onlyMasked_atTheEdgeOfANarrowPicture_stillPutsItBackInPlace() {
    Raster picture = gradient(40, 200);
    Canvas canvas =
        inpainting(
            picture,
            mask(40, 200, 0, 150, 40),
            part -> part.onlyMasked(true).padding(64).maskBlur(0));
    // The generated image equals the input, so only resampling may change pixels.
    Raster result = canvas.finish(canvas.image());
    for (int i = 0; i < 40 * 200; i++) {
      assertThat(result.level(3 * i)).isBetween(i % 40 - 3, i % 40 + 3);
      assertThat(result.level(3 * i + 1)).isBetween(i / 40 - 3, i / 40 + 3);
    }
  }

  @Test
  void onlyMasked_emptyMask_paintsNothingOfTheWholePicture() {
    Raster picture = gradient(64, 64);
    Canvas canvas = inpainting(picture, Raster.filled(64, 64, 3, 0), part -> part.onlyMasked(true));
    assertThat(canvas.finish(Raster.filled(64, 64, 3, 200)).samples()).isEqualTo(picture.samples());
  }

  /** A1111 fills the image before it encodes it, also where noise or nothing follows. */
  @ParameterizedTest
  @EnumSource(names = "ORIGINAL", mode = EnumSource.Mode.EXCLUDE)
  void of_otherContent_takesAwayWhatIsMasked(MaskedContent content) {
    Raster spotted = Raster.filled(64, 64, 3, 50).with(Raster.filled(20, 20, 3, 255), 22, 22);
    Canvas canvas =
        inpainting(
            spotted, mask(64, 64, 16, 16, 32), part -> part.maskBlur(0).maskedContent(content));
    // Pillow's bytes for grey of 50 come back as 46 to 54, the spot would be 255.
    for (int i = 0; i < canvas.image().samples().length; i++) {
      assertThat(canvas.image().level(i)).isBetween(46, 54);
    }
  }

  @Test
  void of_colorCorrection_givesTheColoursBack() {
    Raster picture = gradient(64, 64);
    ImageToImage settings = on(picture).colorCorrection(true).build();
    byte[] tinted = picture.samples().clone();
    for (int i = 2; i < tinted.length; i += 3) {
      tinted[i] = (byte) 177;
    }
    Raster result = Canvas.of(settings, SIZE, 8).finish(new Raster(64, 64, 3, tinted));
    assertThat(blueness(result)).isCloseTo(blueness(picture), Offset.offset(5.0));
  }

  private static double blueness(Raster raster) {
    double sum = 0;
    for (int i = 0; i < raster.samples().length; i += 3) {
      sum += raster.level(i + 2) - (raster.level(i) + raster.level(i + 1)) / 2.0;
    }
    return sum / (raster.width() * raster.height());
  }

  @Test
  void defaultSize_isThePictures_downToMultiplesOf8() {
    ImageSize model = new ImageSize(512, 512);
    Image picture = gradient(61, 17).toImage();
    assertThat(Canvas.defaultSize(ImageToImage.builder(picture).build(), model, 8))
        .isEqualTo(new ImageSize(56, 16));
    ImageToImage cutOut =
        ImageToImage.builder(picture)
            .inpainting(Inpainting.builder(picture).onlyMasked(true).build())
            .build();
    assertThat(Canvas.defaultSize(cutOut, model, 8)).isEqualTo(model);
  }

  @Test
  void outpaint_addsMaskedSides_andKeepsTheOldPicture() {
    Raster old = gradient(40, 40);
    ImageToImage settings =
        on(old)
            .outpainting(new Outpainting(10, 0, 0, 6, 2, MaskedContent.ORIGINAL))
            .denoisingStrength(0.9)
            .build();
    ImageToImage wide = Outpaint.asInpainting(settings, Optional.empty(), 8);
    // 40 + 10 and 40 + 6, rounded up to multiples of 8: extended more at the right and the bottom.
    assertThat(wide.image().width()).isEqualTo(56);
    assertThat(wide.image().height()).isEqualTo(48);
    assertThat(wide.denoisingStrength()).isEqualTo(0.9);
    Raster result = Canvas.of(wide, new ImageSize(56, 48), 8).finish(Raster.filled(56, 48, 3, 200));
    for (int i = 0; i < 56 * 48; i++) {
      int x = i % 56 - 10;
      int y = i / 56;
      if (x < 0 || x >= 40 || y >= 40) {
        assertThat(result.level(3 * i)).isEqualTo(200);
      } else if (x > 9 && x < 30 && y < 30) {
        assertThat(result.level(3 * i)).isEqualTo(x);
      }
    }
    assertThat(Outpaint.asInpainting(settings, Optional.of(SIZE), 8).image().width()).isEqualTo(50);
  }
}
