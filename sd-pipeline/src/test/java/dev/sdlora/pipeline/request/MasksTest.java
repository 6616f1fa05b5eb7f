package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.raster.AreaAverage;
import dev.sdlora.pipeline.raster.Raster;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Tests the placement of masks over latents. */
class MasksTest {
  private static final RegionMask LEFT = RegionMask.rectangle(0, 0, 0.5, 1).withBlur(0);

  private static float[] area(RegionMask mask, RegionFrame frame) {
    return Masks.areas(List.of(Optional.of(mask)), frame, 8).get(0).orElseThrow();
  }

  @Test
  void areas_masksThatOverlap_shareOneAndLeaveTheRest() {
    RegionFrame frame = RegionFrame.whole(new ImageSize(32, 8));
    RegionMask most = RegionMask.rectangle(0.25, 0, 1, 1).withBlur(0);
    List<Optional<float[]>> areas =
        Masks.areas(List.of(Optional.of(LEFT), Optional.empty(), Optional.of(most)), frame, 8);
    assertThat(areas.get(0).orElseThrow()).containsExactly(1, 0.5f, 0, 0);
    assertThat(areas.get(1)).isEmpty();
    assertThat(areas.get(2).orElseThrow()).containsExactly(0, 0.5f, 1, 1);
  }

  @Test
  void areas_blur_isInPixelsOfTheFirstPass() {
    RegionFrame frame = RegionFrame.whole(new ImageSize(128, 16));
    float[] soft = area(LEFT.withBlur(8), frame);
    // Gaussian integrals up to one, two and three deviations away, averaged over one deviation.
    assertThat(soft[7]).isCloseTo(0.685f, within(0.02f));
    assertThat(soft[8]).isCloseTo(0.315f, within(0.02f));
    assertThat(soft[9]).isCloseTo(0.075f, within(0.02f));
    assertThat(soft[4]).isEqualTo(1);
    // In an image twice as large, the mask covers twice as many positions.
    ImageSize large = new ImageSize(256, 32);
    float[] enlarged = area(LEFT.withBlur(8), frame.enlarged(large, large, 8));
    for (int x = 0; x < 16; x++) {
      assertThat((enlarged[2 * x] + enlarged[2 * x + 1]) / 2).isCloseTo(soft[x], within(0.02f));
    }
  }

  @Test
  void areas_enlargedAndCut_areThoseOfTheMiddle() {
    RegionFrame frame =
        RegionFrame.whole(new ImageSize(64, 64))
            .enlarged(new ImageSize(128, 128), new ImageSize(64, 128), 8);
    float[] area = area(RegionMask.rectangle(0, 0, 0.375, 1).withBlur(0), frame);
    assertThat(area).hasSize(8 * 16).startsWith(1, 1, 0, 0, 0, 0, 0, 0);
  }

  @Property(tries = 100)
  void shares_anySides_keepTheMean(
      @ForAll @IntRange(min = 1, max = 30) int width,
      @ForAll @IntRange(min = 1, max = 30) int height,
      @ForAll @IntRange(min = 1, max = 30) int newWidth,
      @ForAll @IntRange(min = 1, max = 30) int newHeight,
      @ForAll byte first,
      @ForAll byte second) {
    byte[] levels = new byte[width * height];
    double mean = 0;
    for (int i = 0; i < levels.length; i++) {
      levels[i] = i % 3 == 0 ? first : second;
      mean += (levels[i] & 0xff) / 255.0 / levels.length;
    }
    Raster mask = new Raster(width, height, 1, levels);
    double after = 0;
    for (float share : AreaAverage.shares(mask, newWidth, newHeight)) {
      after += share / (newWidth * newHeight);
    }
    assertThat(after).isCloseTo(mean, within(1e-6));
  }

  @Test
  void filled_whiteAndBlack_areFound() {
    assertThat(Masks.isEverywhere(RegionMask.rectangle(0, 0, 1, 1))).isTrue();
    assertThat(Masks.isEverywhere(LEFT)).isFalse();
    assertThat(Masks.isNowhere(LEFT)).isFalse();
    assertThat(Masks.isNowhere(RegionMask.of(Image.of(2, 1, new byte[6])))).isTrue();
  }
}
