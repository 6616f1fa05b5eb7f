package dev.sdlora.pipeline.upscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.upscaler.SrvggConfig;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensorkit.Planes;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of upscalers with random weights against the same network in plain Java. */
class TiledUpscalerTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("4x-Tiny.safetensors");
  }

  @ParameterizedTest
  @CsvSource({
    "REAL_ESRGAN, 1, 2, params_ema.",
    "REAL_ESRGAN, 2, 2, params.",
    "REAL_ESRGAN, 4, 2, ''",
    "ESRGAN, 1, 2, ''",
    "NUMBERED, 1, 0, ''",
    "NUMBERED, 1, 1, ''",
    "NUMBERED, 1, 2, ''",
  })
  void upscale_everyLayoutAndScale_equalsPlainJava(
      EsrganNames names, int unshuffle, int doublings, String wrapper) {
    PlainRrdb plain = new PlainRrdb(new RrdbConfig(6, 3, 2, unshuffle, doublings), 7);
    names.write(plain, wrapper, file());
    Image image = image(13, 9);
    try (UpscalerNetwork upscaler = UpscalerNetwork.open(file())) {
      assertThat(upscaler.name()).isEqualTo("4x-Tiny");
      int factor = (1 << doublings) / unshuffle;
      assertThat(upscaler.factor()).isEqualTo(factor);
      Image large = upscaler.upscale(image);
      assertThat(large.width()).isEqualTo(13 * factor);
      assertThat(large.height()).isEqualTo(9 * factor);
      // The part that results from mirrored rows and columns is cropped.
      Planes expected = plain.enlarge(planes(image, unshuffle));
      for (int y = 0; y < large.height(); y++) {
        for (int x = 0; x < large.width(); x++) {
          for (int colour = 0; colour < 3; colour++) {
            double level = 255 * Math.max(0, Math.min(1, expected.at(colour, y, x)));
            // Rounded to whole levels.
            assertThat((double) level(large, x, y, colour)).isCloseTo(level, within(0.501));
          }
        }
      }
    }
  }

  @Test
  void upscale_intoMorePixelsThanAPictureHas_isRefused() {
    new RandomWeights(new SrvggConfig(1, 1, 64).weights(), 1).write(file(), name -> name);
    try (UpscalerNetwork upscaler = UpscalerNetwork.open(file())) {
      assertThatThrownBy(() -> upscaler.upscale(image(512, 512)))
          .isInstanceOf(ResourceException.class)
          .hasMessage(
              "upscaler '4x-Tiny' would enlarge 512x512 pixels by a factor of 64 to 1073741824"
                  + " pixels; the maximum is 715827879");
      assertThat(upscaler.upscale(image(2, 1)).width()).isEqualTo(128);
    }
  }

  @Test
  void upscale_averagedWeightsToo_takesThose() {
    RrdbConfig config = new RrdbConfig(4, 2, 1, 1, 1);
    EsrganNames.REAL_ESRGAN.write(new PlainRrdb(config, 1), "", file());
    Image expected = upscaled(image(8, 8));
    SafetensorsWriter writer = new SafetensorsWriter();
    EsrganNames.REAL_ESRGAN.add(new PlainRrdb(config, 2), "params.", writer);
    EsrganNames.REAL_ESRGAN.add(new PlainRrdb(config, 1), "params_ema.", writer);
    writer.write(file());
    assertThat(upscaled(image(8, 8))).isEqualTo(expected);
  }

  private Image upscaled(Image image) {
    try (UpscalerNetwork upscaler = UpscalerNetwork.open(file())) {
      return upscaler.upscale(image);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2"})
  void upscale_inPiecesThatSeeAllTheyNeed_equalsWhole(int unshuffle, int doublings) {
    PlainRrdb plain = new PlainRrdb(new RrdbConfig(6, 3, 1, unshuffle, doublings), 3);
    EsrganNames.REAL_ESRGAN.write(plain, "", file());
    Image image = image(131, 99);
    // One block and the layers around it have a receptive field of 18.25 positions on each side.
    int margin = 20 * unshuffle;
    try (TiledUpscaler whole = TiledUpscaler.open(file(), Torch.open("cpu"), 1000, 16);
        TiledUpscaler pieces = TiledUpscaler.open(file(), Torch.open("cpu"), 16, margin)) {
      byte[] expected = whole.upscale(image).rgb();
      int[] pieceCount = {0};
      Raster raster = new Raster(image.width(), image.height(), 3, image.rgb());
      DoubleConsumer progress = done -> assertThat(done).isEqualTo(pieceCount[0]++ / (9.0 * 7));
      byte[] actual = pieces.upscale(raster, progress).samples();
      assertThat(pieceCount[0]).isEqualTo(9 * 7);
      int different = 0;
      for (int i = 0; i < expected.length; i++) {
        different += actual[i] == expected[i] ? 0 : 1;
      }
      // Sums in another order may be rounded differently.
      assertThat(different).isLessThan(expected.length / 1000);
    }
  }

  /**
   * Five layers have a receptive field of five positions on each side, so nothing is lost at the
   * seams.
   */
  @Test
  void upscale_compactInPieces_equalsWhole() {
    new RandomWeights(new SrvggConfig(6, 4, 3).weights(), 3).write(file(), name -> name);
    Image image = image(131, 99);
    try (TiledUpscaler whole = TiledUpscaler.open(file(), Torch.open("cpu"), 1000, 16);
        TiledUpscaler pieces = TiledUpscaler.open(file(), Torch.open("cpu"), 16, 8)) {
      assertThat(whole.factor()).isEqualTo(3);
      byte[] expected = whole.upscale(image).rgb();
      byte[] actual = pieces.upscale(image).rgb();
      assertThat(actual).hasSize(3 * 393 * 297).hasSameSizeAs(expected);
      int different = 0;
      for (int i = 0; i < expected.length; i++) {
        different += actual[i] == expected[i] ? 0 : 1;
      }
      assertThat(different).isLessThan(expected.length / 1000);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "2, 3", "3, 1"})
  void upscale_picturesTooSmallToMirror_areEnlarged(int width, int height) {
    PlainRrdb plain = new PlainRrdb(new RrdbConfig(6, 3, 1, 4, 3), 3);
    EsrganNames.REAL_ESRGAN.write(plain, "", file());
    try (UpscalerNetwork upscaler = UpscalerNetwork.open(file())) {
      Image large = upscaler.upscale(image(width, height));
      assertThat(large.width()).isEqualTo(2 * width);
      assertThat(large.height()).isEqualTo(2 * height);
    }
  }

  @Test
  void upscale_stopped_throwsAndCanGoOn() {
    EsrganNames.ESRGAN.write(new PlainRrdb(new RrdbConfig(4, 2, 1, 1, 1), 1), "", file());
    try (TiledUpscaler upscaler = TiledUpscaler.open(file(), Torch.open("cpu"))) {
      assertThatThrownBy(
              () ->
                  upscaler.upscale(
                      Raster.filled(8, 8, 3, 9),
                      done -> {
                        throw new IllegalStateException("enough");
                      }))
          .hasMessage("enough");
      assertThat(upscaler.upscale(image(8, 8)).width()).isEqualTo(16);
    }
  }

  @Test
  void upscale_closed_isRefused() {
    EsrganNames.ESRGAN.write(new PlainRrdb(new RrdbConfig(4, 2, 1, 1, 1), 1), "", file());
    UpscalerNetwork upscaler = UpscalerNetwork.open(file());
    upscaler.close();
    upscaler.close();
    assertThatThrownBy(() -> upscaler.upscale(image(8, 8)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("4x-Tiny");
  }

  @Test
  void open_otherFiles_saysWhatIsWrong() {
    new SafetensorsWriter()
        .tensor("head.0.weight", List.of(1L), new float[1], DType.F32)
        .write(file());
    assertRefused("is not an upscaler of the ESRGAN family", "'head.0.weight'");

    PlainRrdb plain = new PlainRrdb(new RrdbConfig(4, 2, 2, 1, 1), 1);
    SafetensorsWriter more = new SafetensorsWriter();
    EsrganNames.NUMBERED.add(plain, "", more);
    more.tensor("model.1.sub.0.RDB1.conv1x1.weight", List.of(2L), new float[2], DType.F32);
    more.write(file());
    assertRefused("do not belong", "'model.1.sub.0.RDB1.conv1x1.weight'");

    // A second block that lacks most of its tensors.
    SafetensorsWriter less = new SafetensorsWriter();
    EsrganNames.ESRGAN.add(new PlainRrdb(new RrdbConfig(4, 2, 1, 1, 1), 1), "", less);
    less.tensor(
        "RRDB_trunk.1.RDB1.conv1.weight", List.of(2L, 4L, 3L, 3L), new float[72], DType.F32);
    less.write(file());
    assertRefused("'RRDB_trunk.1.RDB1.conv1.bias' of the upscaler is missing", "[2]");
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> UpscalerNetwork.open(file()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContainingAll(parts);
  }

  @Test
  void folders_byNameOrLabel_findFiles() {
    RrdbConfig config = new RrdbConfig(4, 2, 1, 1, 1);
    EsrganNames.ESRGAN.write(new PlainRrdb(config, 1), "", file());
    EsrganNames.ESRGAN.write(
        new PlainRrdb(config, 1), "", folder.resolve("RealESRGAN_x4plus.safetensors"));
    UpscalerFolders folders = new UpscalerFolders(List.of(folder));
    try (Torch torch = Torch.open("cpu")) {
      int before = torch.liveArrays();
      for (String name : List.of("4x-Tiny", "4X-tiny", "RealESRGAN_x4plus", "R-ESRGAN 4x+")) {
        folders.open(Upscaler.named(name), torch).close();
      }
      folders.open(Upscaler.of(file()), torch).close();
      assertThat(torch.liveArrays()).isEqualTo(before);
      assertThatThrownBy(() -> folders.open(Upscaler.named("4x-UltraSharp"), torch))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("'4x-UltraSharp'")
          .hasMessageEndingWith("the upscaler directories contain 4x-Tiny, RealESRGAN_x4plus");
      assertThatThrownBy(() -> folders.open(Upscaler.named("4x-tini"), torch))
          .hasMessageEndingWith("; did you mean '4x-Tiny'?");
      assertThatThrownBy(() -> new UpscalerFolders(List.of()).open(Upscaler.named("x"), torch))
          .hasMessageEndingWith(", None, and there is no upscaler directory");
    }
    assertThatThrownBy(() -> new UpscalerFolders(List.of(file())))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not a folder");
  }

  private static Image image(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(5).nextBytes(rgb);
    return Image.of(width, height, rgb);
  }

  /** Values from 0 to 1, padded to a multiple by mirroring at the last row and column. */
  private static Planes planes(Image image, int multiple) {
    int width = (image.width() + multiple - 1) / multiple * multiple;
    int height = (image.height() + multiple - 1) / multiple * multiple;
    double[] values = new double[3 * height * width];
    for (int i = 0; i < values.length; i++) {
      int x = mirrored(i % width, image.width());
      int y = mirrored(i / width % height, image.height());
      values[i] = level(image, x, y, i / (width * height)) / 255.0;
    }
    return new Planes(values, 3, height, width);
  }

  private static int mirrored(int place, int side) {
    return place < side ? place : 2 * (side - 1) - place;
  }

  private static int level(Image image, int x, int y, int colour) {
    return image.rgb()[3 * (y * image.width() + x) + colour] & 0xff;
  }
}
