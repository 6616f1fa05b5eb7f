package dev.sdlora.pipeline.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.pipeline.raster.Raster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests preprocessors against OpenCV and NumPy; the README of the resources says how. */
class ControlImagesTest {
  private static final Pattern GOLDEN =
      Pattern.compile("(\\w+)\\.(\\w+)((?:-[\\d.]*\\d)*)(?:@(\\d+))?\\.png");

  private static Path folder() {
    try {
      return Path.of(
              Objects.requireNonNull(ControlImagesTest.class.getResource("shapes.png")).toURI())
          .resolveSibling("");
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> goldens() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> GOLDEN.matcher(name).matches())
          .sorted()
          .toList();
    }
  }

  private static Image read(String name) {
    return Image.read(folder().resolve(name));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void make_image_equalsOpenCv(String golden) {
    Matcher name = GOLDEN.matcher(golden);
    assertThat(name.matches()).isTrue();
    Preprocessor preprocessor =
        Preprocessor.named(name.group(2))
            .withThresholds(
                Arrays.stream(name.group(3).split("-"))
                    .filter(number -> !number.isEmpty())
                    .mapToDouble(Double::parseDouble)
                    .toArray());
    if (name.group(4) != null) {
      preprocessor = preprocessor.withResolution(Integer.parseInt(name.group(4)));
    }
    Image made = preprocessor.apply(read(name.group(1) + ".png"));
    Image expected = read(golden);
    assertThat(made.toString()).isEqualTo(expected.toString());
    // Sums of floats depend on their order, which matters where they are truncated.
    boolean isTruncated =
        List.of("lineart_standard", "scribble_xdog").contains(preprocessor.name());
    byte[] found = made.rgb();
    byte[] wanted = expected.rgb();
    int other = 0;
    for (int i = 0; i < found.length; i++) {
      other += found[i] != wanted[i] ? 1 : 0;
    }
    assertThat(other).isLessThanOrEqualTo(isTruncated ? found.length / 1000 : 0);
  }

  private static Image grey(int width, int height, int level) {
    return Raster.filled(width, height, 3, level).toImage();
  }

  static List<Preprocessor> all() {
    return Preprocessor.available(List.of());
  }

  @ParameterizedTest
  @MethodSource("all")
  void make_onePixel_works(Preprocessor preprocessor) {
    assertThat(preprocessor.apply(grey(1, 1, 77))).isEqualTo(preprocessor.apply(grey(1, 1, 77)));
    Image sized = preprocessor.withResolution(64).apply(grey(1, 1, 77));
    assertThat(sized.width()).isIn(1, 64).isEqualTo(sized.height());
  }

  @ParameterizedTest
  @MethodSource("all")
  void make_plainImage_hasNoEdges(Preprocessor preprocessor) {
    Image made = preprocessor.withResolution(128).apply(grey(70, 90, 100));
    List<String> lines =
        List.of("canny", "softedge_gradient", "lineart_standard", "scribble_xdog", "threshold");
    int expected =
        lines.contains(preprocessor.name())
            ? 0
            : switch (preprocessor.name()) {
              case "invert" -> 155;
              case "recolor_luminance" -> 108;
              default -> 100;
            };
    assertThat(made).isEqualTo(grey(made.width(), made.height(), expected));
  }

  @Test
  void canny_thresholdsTheWrongWayRound_areSwappedAsInOpenCv() {
    Image image = read("creature.png");
    assertThat(Preprocessor.CANNY.withThresholds(90, 40).apply(image))
        .isEqualTo(Preprocessor.CANNY.withThresholds(40, 90).apply(image));
  }

  @Test
  void softEdge_isWiderThanCanny_andWhiteAtSteepPlaces() {
    Image image = read("shapes.png");
    Raster soft = Raster.of(Preprocessor.SOFTEDGE_GRADIENT.apply(image));
    Raster thin = Raster.of(Preprocessor.CANNY.apply(image));
    long wide = count(soft, 64);
    assertThat(wide).isGreaterThan(2 * count(thin, 64));
    assertThat(count(soft, 255)).isPositive();
    assertThat(wide).isLessThan(soft.samples().length / 2);
  }

  private static long count(Raster raster, int least) {
    long count = 0;
    for (int i = 0; i < raster.samples().length; i++) {
      count += raster.level(i) >= least ? 1 : 0;
    }
    return count;
  }

  @Test
  void greyAndInvert_areFormulas() {
    Image image = Image.of(2, 1, new byte[] {(byte) 255, 0, 0, 0, 0, (byte) 255});
    assertThat(Preprocessor.GREY.apply(image).rgb()).containsExactly(76, 76, 76, 29, 29, 29);
    assertThat(Preprocessor.INVERT.apply(image).rgb())
        .containsExactly(0, (byte) 255, (byte) 255, (byte) 255, (byte) 255, 0);
    assertThat(Preprocessor.NONE.withResolution(64).apply(image)).isEqualTo(image);
  }

  @Test
  void make_longImage_isRefused() {
    Image line = grey(40_000, 1, 0);
    assertThatThrownBy(() -> Preprocessor.CANNY.withResolution(512).apply(line))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("'canny'")
        .hasMessageContaining("20480000x512");
  }

  /** A1111's "Pixel Perfect". */
  @ParameterizedTest
  @ValueSource(strings = {"CROP_AND_RESIZE", "RESIZE_AND_FILL", "JUST_RESIZE"})
  void make_forASize_usesTheResolutionAtWhichItIsSeen(String mode) {
    Raster image = Raster.of(grey(100, 50, 9));
    Raster made =
        ControlImages.make(
            Preprocessor.CANNY,
            image,
            ResizeMode.valueOf(mode),
            new ImageSize(200, 200),
            List.of());
    assertThat(made.height()).isEqualTo(mode.equals("RESIZE_AND_FILL") ? 100 : 200);
    assertThat(
            ControlImages.make(
                    Preprocessor.CANNY.withResolution(64),
                    image,
                    ResizeMode.valueOf(mode),
                    new ImageSize(200, 200),
                    List.of())
                .height())
        .isEqualTo(64);
  }
}
