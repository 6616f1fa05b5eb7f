package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

/** Each measure sees the look that it is for. */
final class ImageMeasuresTest {
  private final SceneSource source = new SceneSource(9);

  @Test
  void highFrequency_moreDetail_rises() {
    for (int i = 0; i < 20; i++) {
      Scene scene = source.training();
      double none = ImageMeasures.highFrequency(scene.withDetail(0).draw(128));
      double faint = ImageMeasures.highFrequency(scene.withDetail(0.3).draw(128));
      double full = ImageMeasures.highFrequency(scene.withDetail(1).draw(128));
      assertThat(none).isLessThan(faint);
      assertThat(faint).isLessThan(full);
    }
  }

  @Test
  void edgeDensity_lines_risesByHalf() {
    for (int i = 0; i < 20; i++) {
      Scene scene = source.training();
      double plain = ImageMeasures.edgeDensity(scene.draw(128));
      double lines = ImageMeasures.edgeDensity(scene.withStyle(SceneStyle.LINES).draw(128));
      assertThat(lines).isGreaterThan(1.5 * plain);
    }
  }

  @Test
  void edgeDensity_faintGraphPaper_isNoEdge() {
    for (int i = 0; i < 20; i++) {
      Scene scene = source.training();
      double flat = ImageMeasures.edgeDensity(scene.withDetail(0).draw(128));
      double faint = ImageMeasures.edgeDensity(scene.withDetail(0.3).draw(128));
      // A few pixels more count as edges where a line crosses the edge of a thing.
      assertThat(faint).isCloseTo(flat, within(0.02));
    }
  }

  @Test
  void covered_oneThing_isItsShareOfTheImage() {
    BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.PINK);
    graphics.fillRect(0, 0, 128, 128);
    graphics.setColor(Color.BLUE);
    graphics.fillRect(30, 40, 64, 32);
    // At the edge, but not at most of it.
    graphics.fillRect(0, 0, 16, 16);
    graphics.dispose();

    double share = (64 * 32 + 16 * 16) / (128.0 * 128);
    assertThat(ImageMeasures.covered(image)).isCloseTo(share, within(1e-9));
  }

  @Test
  void luminance_dark_isThreeTenths() {
    for (int i = 0; i < 20; i++) {
      Scene scene = source.training();
      double plain = ImageMeasures.luminance(scene.draw(128));
      double dark = ImageMeasures.luminance(scene.withStyle(SceneStyle.DARK).draw(128));
      assertThat(dark).isCloseTo(0.3 * plain, within(0.003));
    }
  }

  @Test
  void grain_edgesOnly_noneAndWithNoiseItsMean() {
    BufferedImage scene = source.training().withDetail(0).draw(128);
    assertThat(ImageMeasures.grain(scene)).isCloseTo(0, within(1e-6));
    for (int i = 0; i < 128 * 128; i++) {
      scene.setRGB(i % 128, i / 128, (i + i / 128) % 2 == 0 ? 0x646464 : 0x6e6e6e);
    }
    // Each pixel has 25 values around it, and 12 or 13 of them are the higher ones.
    assertThat(ImageMeasures.grain(scene)).isCloseTo(4.8, within(1e-3));
  }

  @Test
  void measures_oneColour_luminanceOnly() {
    BufferedImage red = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      red.setRGB(i % 8, i / 8, 0xff0000);
    }
    assertThat(ImageMeasures.luminance(red)).isCloseTo(0.2126, within(1e-6));
    assertThat(ImageMeasures.edgeDensity(red)).isZero();
    assertThat(ImageMeasures.highFrequency(red)).isCloseTo(0, within(1e-12));
  }
}
