package dev.sdlora.pipeline.generation;

import static dev.sdlora.tensorkit.GoldenTensors.floats;
import static dev.sdlora.tensorkit.GoldenTensors.ids;
import static dev.sdlora.tensorkit.GoldenTensors.shape;
import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Precision;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.model.Networks;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the three networks to diffusers in float64, from both layouts of the same weights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkParityTest {
  /** diffusers' own float32 differs by 2e-6 to 6e-6; a wrong epsilon in a norm by 5e-5. */
  private static final double TOLERANCE = 2e-5;

  private static final TensorFile GOLDEN = Fixtures.golden("golden");

  enum Layout {
    SINGLE_FILE(Fixtures.CHECKPOINT, "text.input_ids_full"),
    FOLDER(Fixtures.FAMILY_GOLDENS.resolve("diffusers"), "text.input_ids_small");

    final Path path;
    final String ids;

    Layout(Path path, String ids) {
      this.path = path;
      this.ids = ids;
    }

    Networks networks() {
      return this == SINGLE_FILE ? singleFile : folder;
    }
  }

  private static Networks singleFile;
  private static Networks folder;

  @BeforeAll
  static void load() {
    singleFile = open(Layout.SINGLE_FILE.path);
    folder = open(Layout.FOLDER.path);
  }

  private static Networks open(Path path) {
    return Networks.load(CheckpointReader.read(path), Precision.FLOAT32, "cpu");
  }

  @AfterAll
  static void close() {
    singleFile.close();
    folder.close();
  }

  static Stream<Arguments> textCases() {
    return Stream.of(Layout.values())
        .flatMap(
            layout ->
                Stream.of(
                    Arguments.of(layout, 1, "text.last_ln"),
                    Arguments.of(layout, 2, "text.penultimate_ln")));
  }

  @ParameterizedTest
  @MethodSource("textCases")
  void textEncoder_goldenTokens_agrees(Layout layout, int skip, String golden) {
    try (NDManager scope = layout.networks().torch().scope()) {
      NDArray states =
          layout
              .networks()
              .textEncoders()
              .get(0)
              .encode(ids(GOLDEN, layout.ids), skip, scope)
              .states();
      assertThat(states.getShape().getShape()).isEqualTo(shape(GOLDEN, golden));
      assertCloseToScale(states.toFloatArray(), floats(GOLDEN, golden), TOLERANCE);
    }
  }

  @ParameterizedTest
  @CsvSource({"a, a", "b, b", "c, c", "odd, odd", "a, long"})
  void unet_goldenLatents_agrees(String inputs, String name) {
    for (Layout layout : Layout.values()) {
      try (NDManager scope = layout.networks().torch().scope()) {
        // The case with a long context uses the first latent of case a.
        long[] latentShape = shape(GOLDEN, "unet." + name + ".out");
        float[] latents = head(floats(GOLDEN, "unet." + inputs + ".sample"), latentShape);
        float[] times =
            head(floats(GOLDEN, "unet." + inputs + ".timestep"), new long[] {latentShape[0]});
        NDArray noise =
            layout
                .networks()
                .unet()
                .predict(
                    Torch.floats(scope, latents, latentShape),
                    Torch.floats(scope, times, latentShape[0]),
                    tensor(scope, "unet." + name + ".context"),
                    scope);
        assertCloseToScale(
            noise.toFloatArray(), floats(GOLDEN, "unet." + name + ".out"), TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void vae_goldenPicture_agrees(Layout layout) {
    try (NDManager scope = layout.networks().torch().scope()) {
      NDArray moments = layout.networks().vae().encode(tensor(scope, "vae.image"), scope);
      assertCloseToScale(moments.toFloatArray(), floats(GOLDEN, "vae.moments"), TOLERANCE);
      NDArray pixels = layout.networks().vae().decode(tensor(scope, "vae.latent"), scope);
      assertCloseToScale(pixels.toFloatArray(), floats(GOLDEN, "vae.decoded"), TOLERANCE);
    }
  }

  private static NDArray tensor(NDManager scope, String name) {
    return Torch.floats(scope, floats(GOLDEN, name), shape(GOLDEN, name));
  }

  private static float[] head(float[] values, long[] shape) {
    int count = 1;
    for (long side : shape) {
      count *= (int) side;
    }
    return java.util.Arrays.copyOf(values, count);
  }
}
