package dev.sdlora.pipeline.raster;

import static dev.sdlora.pipeline.raster.Goldens.assertClose;
import static dev.sdlora.pipeline.raster.Goldens.raster;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests image operations against the programs that A1111 uses. */
class RasterGoldenTest {

  @ParameterizedTest
  @EnumSource(Resampling.class)
  void resize_everySize_equalsPillow(Resampling filter) {
    for (String size : new String[] {"64x48", "16x24", "37x8", "5x3"}) {
      Raster expected = raster(filter.name().toLowerCase(java.util.Locale.ROOT) + "." + size);
      Raster actual = filter.resize(raster("source"), expected.width(), expected.height());
      assertThat(actual.samples()).as(size).isEqualTo(expected.samples());
    }
  }

  @Test
  void grey_equalsPillow() {
    assertClose(raster("source").grey(), raster("grey"), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.4", "1.5", "4", "10"})
  void blur_everyDeviation_agreesWithOpenCv(String sigma) {
    // OpenCV rounds its kernel to 256ths, which costs up to 0.9 levels along rows and again along
    // columns.
    assertClose(
        GaussianBlur.blur(raster("mask"), Double.parseDouble(sigma)), raster("blur." + sigma), 2);
  }

  @Test
  void lab_thereAndBack_agreesWithOpenCv() {
    Raster source = raster("source");
    Raster lab = raster("lab");
    assertClose(of(source, CieLab.fromRgb(source.samples())), lab, 0);
    // OpenCV computes with lookup tables.
    assertClose(of(source, CieLab.toRgb(lab.samples())), raster("lab.back"), 1);
  }

  @Test
  void colourCorrection_agreesWithScikitImage() {
    // One level from the conversion back, and one from the blend.
    assertClose(
        ColourCorrection.match(raster("source"), raster("colours")), raster("corrected"), 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fill", "fill.wide"})
  void surroundings_equalPillow(String golden) {
    Raster source = raster(golden + ".source");
    Raster mask = raster(golden + ".mask");
    Raster filled = MaskFill.fill(source, mask);
    assertClose(filled, raster(golden), 0);
    for (int i = 0; i < filled.samples().length; i++) {
      if (mask.level(i / 3) == 0) {
        assertThat(filled.level(i)).isEqualTo(source.level(i));
      }
    }
  }

  private static Raster of(Raster like, byte[] samples) {
    return new Raster(like.width(), like.height(), 3, samples);
  }
}
