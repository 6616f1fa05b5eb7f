package dev.sdlora.pipeline.preview;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.TensorLoader;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the published TAESD decoder against its author's network. */
class TaesdParityTest {
  private static final VaeConfig SD = new VaeConfig(List.of(128, 256, 512, 512), 2, 4, 0.18215);

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(TaesdParityTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"latent, decoded", "encoded, decoded_again"})
  void decode_publishedWeights_equalsReference(String latent, String picture) {
    TensorFile golden = TensorFile.open(resource("golden.safetensors"));
    TensorEntry expected = golden.find(picture).orElseThrow();
    ImageSize size =
        new ImageSize(expected.shape().get(3).intValue(), expected.shape().get(2).intValue());
    try (Torch torch = Torch.open("cpu");
        TensorFile.Reader reader = golden.reader();
        Taesd taesd =
            Taesd.load(resource("taesd_decoder.safetensors"), SD, torch, new TensorLoader(torch))) {
      float[] actual =
          taesd.decode(reader.floats(golden.find(latent).orElseThrow()), size, Tiling.NONE);

      // The reference in float32 differs by up to 5e-6.
      assertCloseToScale(actual, reader.floats(expected), 2e-5);
    }
  }

  /** With tiling, shifting a latent shifts the image. */
  @ParameterizedTest
  @CsvSource({"X, 3, 0", "Y, 0, 2", "BOTH, 4, 5"})
  void decode_tiling_movesWithTheLatent(Tiling tiling, int right, int down) {
    TensorFile golden = TensorFile.open(resource("golden.safetensors"));
    ImageSize size = new ImageSize(80, 48);
    try (Torch torch = Torch.open("cpu");
        TensorFile.Reader reader = golden.reader();
        Taesd taesd =
            Taesd.load(resource("taesd_decoder.safetensors"), SD, torch, new TensorLoader(torch))) {
      float[] latent = reader.floats(golden.find("latent").orElseThrow());
      float[] expected = rolled(taesd.decode(latent, size, tiling), 80, 48, 8 * right, 8 * down);
      float[] moved = taesd.decode(rolled(latent, 10, 6, right, down), size, tiling);

      assertCloseToScale(moved, expected, 2e-5);
    }
  }

  private static float[] rolled(float[] planes, int width, int height, int right, int down) {
    float[] rolled = new float[planes.length];
    for (int i = 0; i < planes.length; i++) {
      int plane = i / (width * height);
      int y = (i / width % height + down) % height;
      int x = (i % width + right) % width;
      rolled[(plane * height + y) * width + x] = planes[i];
    }
    return rolled;
  }
}
