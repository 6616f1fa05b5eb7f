package dev.sdlora.pipeline.preview;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;

import dev.sdlora.api.ImageSize;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.TensorLoader;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published decoder of TAESD against its author's network. */
class TaesdParityTest {
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
            new Taesd(resource("taesd_decoder.safetensors"), 4, torch, new TensorLoader(torch))) {
      float[] actual = taesd.decode(reader.floats(golden.find(latent).orElseThrow()), size);

      // Float32 of the reference is up to 5e-6 away.
      assertCloseToScale(actual, reader.floats(expected), 2e-5);
    }
  }
}
