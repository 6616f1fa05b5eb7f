package dev.sdlora.pipeline.detail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Detector.Found;
import dev.sdlora.api.image.Image;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.raster.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests masks against those that OpenCV and Pillow make. */
class DetailMasksTest {
  private static final int WIDTH = 23;
  private static final int HEIGHT = 17;

  private static List<String> lines() throws IOException {
    return Files.readAllLines(Fixtures.GOLDENS.resolve("detail/masks.txt"));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void masks_areThoseOfOpenCv(String line) {
    String[] words = line.split(" ", -1);
    double[] numbers =
        Arrays.stream(words, 1, words.length - 1).mapToDouble(Double::parseDouble).toArray();
    byte[] expected = HexFormat.of().parseHex(words[words.length - 1]);
    byte[] made =
        switch (words[0]) {
          case "box" -> of(pass().growth(0), box(numbers));
          case "grown" -> of(pass().growth((int) numbers[0]), outline(levels()));
          case "moved" ->
              of(pass().growth(0).offset((int) numbers[0], (int) numbers[1]), outline(levels()));
          default ->
              of(
                  pass().growth((int) numbers[4]).offset((int) numbers[5], (int) numbers[6]),
                  box(numbers));
        };

    assertThat(made).isEqualTo(expected);
  }

  /** Returns the mask of a find; black if it has none. */
  private static byte[] of(DetailPass.Builder pass, Found found) {
    List<Supplier<Raster>> masks = masks(pass, Optional.empty(), found);
    return masks.isEmpty() ? new byte[WIDTH * HEIGHT] : masks.get(0).get().samples();
  }

  private static List<Supplier<Raster>> masks(
      DetailPass.Builder pass, Optional<Raster> within, Found... finds) {
    return new DetailMasks(pass.build(), WIDTH, HEIGHT).of(List.of(finds), within);
  }

  private static DetailPass.Builder pass() {
    return DetailPass.builder("face");
  }

  private static Found box(double... corners) {
    return new Found(corners[0], corners[1], corners[2], corners[3], 1, "", Optional.empty());
  }

  private static Found outline(Image mask) {
    return new Found(0, 0, 1, 1, 1, "", Optional.of(mask));
  }

  private static Image levels() {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH;
      rgb[i] = (byte) (31 * x * x + 17 * y + 7 * x * y);
    }
    return Image.of(WIDTH, HEIGHT, rgb);
  }

  @Property(tries = 200)
  void growth_isTheLargestLevelInASquare(
      @ForAll @IntRange(min = 1, max = 60) int side, @ForAll long seed) {
    byte[] levels = new byte[WIDTH * HEIGHT];
    new java.util.Random(seed).nextBytes(levels);
    Raster grown = Growth.grown(new Raster(WIDTH, HEIGHT, 1, levels), side);

    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int most = 0;
        for (int row = y - side / 2; row < y - side / 2 + side; row++) {
          for (int column = x - side / 2; column < x - side / 2 + side; column++) {
            if (row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH) {
              most = Math.max(most, levels[row * WIDTH + column] & 0xff);
            }
          }
        }
        assertThat(grown.level(y * WIDTH + x)).isEqualTo(most);
      }
    }
  }

  @Test
  void of_mergedFinds_areOneMask() {
    Found left = box(1, 1, 4, 4);
    Found right = box(10, 2, 12, 8);
    List<Supplier<Raster>> merged =
        masks(pass().growth(0).merged(true), Optional.empty(), left, right);
    List<Supplier<Raster>> inverted =
        masks(pass().growth(0).inverted(true), Optional.empty(), left, right);

    assertThat(merged).hasSize(1);
    assertThat(inverted).hasSize(1);
    Raster mask = merged.get(0).get();
    assertThat(mask.level(WIDTH + 1)).isEqualTo(255);
    assertThat(mask.level(2 * WIDTH + 12)).isEqualTo(255);
    assertThat(mask.level(2 * WIDTH + 7)).isZero();
    assertThat(inverted.get(0).get().samples()).isEqualTo(mask.inverted().samples());
    assertThat(masks(pass().inverted(true), Optional.empty())).isEmpty();
    assertThat(masks(pass().growth(0).inverted(true), Optional.empty(), box(0, 0, 23, 17)))
        .isEmpty();
  }

  @Test
  void of_inpaintingMask_leavesOutFindsBesideIt() {
    byte[] within = new byte[WIDTH * HEIGHT];
    within[5 * WIDTH + 5] = 1;
    Optional<Raster> mask = Optional.of(new Raster(WIDTH, HEIGHT, 1, within));

    assertThat(masks(pass().growth(0), mask, box(1, 1, 4, 4), box(4, 4, 8, 8))).hasSize(1);
    assertThat(masks(pass().growth(4), mask, box(1, 1, 4, 4), box(4, 4, 8, 8))).hasSize(2);
  }

  @Test
  void of_erodedToNothing_isDropped() {
    assertThat(masks(pass().growth(-5), Optional.empty(), box(3, 3, 5, 5), box(1, 1, 9, 9)))
        .hasSize(1);
  }

  @Test
  void of_outlineOfAnotherSize_isRefused() {
    Found found = outline(Image.of(2, 2, new byte[12]));
    assertThatThrownBy(() -> masks(pass(), Optional.empty(), found))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the mask of a find has 2 x 2 pixels, expected the size of the image, 23 x 17");
  }
}
