package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.option.BucketOptions;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class BucketsTest {
  private static final ImageSize RESOLUTION = new ImageSize(512, 768);

  private static Buckets buckets(boolean upscale) {
    return new Buckets(RESOLUTION, Optional.of(new BucketOptions(256, 1024, 64, upscale)));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "buckets.csv", useHeadersInDisplayName = true)
  void place_image_isWhereKohyasTrainerPutsIt(
      int width,
      int height,
      int least,
      int most,
      int step,
      boolean upscale,
      int imageWidth,
      int imageHeight,
      int bucketWidth,
      int bucketHeight,
      int scaledWidth,
      int scaledHeight) {
    Buckets buckets =
        new Buckets(
            new ImageSize(width, height),
            Optional.of(new BucketOptions(least, most, step, upscale)));

    assertThat(buckets.place(imageWidth, imageHeight))
        .contains(
            new Placement(new ImageSize(bucketWidth, bucketHeight), scaledWidth, scaledHeight));
  }

  @Property
  void place_anyImage_coversABucketWithinTheArea(
      @ForAll @IntRange(min = 256, max = 5000) int width,
      @ForAll @IntRange(min = 256, max = 5000) int height) {
    Placement placement = buckets(true).place(width, height).orElseThrow();
    ImageSize size = placement.size();

    assertThat(size.width() * size.height()).isLessThanOrEqualTo(512 * 768);
    assertThat(size.width() % 64 + size.height() % 64).isZero();
    assertThat(Math.min(size.width(), size.height())).isGreaterThanOrEqualTo(256);
    assertThat(Math.max(size.width(), size.height())).isLessThanOrEqualTo(1024);
    assertThat(placement.scaledWidth()).isGreaterThanOrEqualTo(size.width());
    assertThat(placement.scaledHeight()).isGreaterThanOrEqualTo(size.height());
    assertThat(placement.scaledWidth() == size.width() || placement.scaledHeight() == size.height())
        .isTrue();
  }

  @Property
  void place_anyImageWithoutUpscaling_isNeverEnlarged(
      @ForAll @IntRange(min = 256, max = 5000) int width,
      @ForAll @IntRange(min = 256, max = 5000) int height) {
    Placement placement = buckets(false).place(width, height).orElseThrow();

    assertThat(placement.scaledWidth()).isLessThanOrEqualTo(width);
    assertThat(placement.scaledHeight()).isLessThanOrEqualTo(height);
    assertThat(placement.size().width()).isBetween(1, placement.scaledWidth());
    assertThat(placement.size().height()).isBetween(1, placement.scaledHeight());
  }

  @ParameterizedTest
  @CsvSource({"63, 900, true", "255, 255, true", "255, 255, false", "66, 9000, false"})
  void place_tooSmall_isEmpty(int width, int height, boolean upscale) {
    assertThat(buckets(upscale).place(width, height)).isEmpty();
  }

  @Test
  void place_withoutBuckets_isTheResolution() {
    Buckets one = new Buckets(RESOLUTION, Optional.empty());

    assertThat(one.place(2048, 1024)).contains(new Placement(RESOLUTION, 1536, 768));
    assertThat(one.place(64, 64)).contains(new Placement(RESOLUTION, 768, 768));
    assertThat(one.place(63, 64)).isEmpty();
    assertThat(one.requirement()).isEqualTo("at least 64 on each side");
  }
}
