package dev.sdlora.pipeline.upscale;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.families.checkpoint.auxiliary.UpscalerReader;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.families.network.upscaler.UpscalerNet;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.TensorLoader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests all kinds of upscalers against spandrel; {@code README.md} next to the files describes how
 * they were made.
 */
class UpscalerParityTest {
  /** Five times the error of spandrel's own float32, relative to the largest value. */
  private static final double TOLERANCE = 5e-6;

  @TempDir private Path folder;

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(UpscalerParityTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "rrdb-x4-old, in.even, rrdb-x4.even, 4",
    "rrdb-x2, in.even, rrdb-x2.even, 2",
    "rrdb-x2, in.odd, rrdb-x2.odd, 2",
    "srvgg-x4, in.even, srvgg-x4.even, 4"
  })
  void enlarge_everyNetwork_equalsReference(String file, String in, String out, int factor) {
    assertEnlarges(resource(file + ".safetensors"), in, out, factor);
  }

  @Test
  void enlarge_namesOfRealEsrgan_equalsReference() throws IOException {
    JsonNode names = new ObjectMapper().readTree(resource("names-rrdb-x4.json").toFile());
    SafetensorsWriter writer = new SafetensorsWriter();
    copy("rrdb-x4-old", writer, name -> "params_ema." + names.get(name).textValue());
    Path renamed = folder.resolve("x4.safetensors");
    writer.write(renamed);

    assertEnlarges(renamed, "in.even", "rrdb-x4.even", 4);
  }

  @Test
  void enlarge_compactInsideParams_equalsReference() {
    SafetensorsWriter writer = new SafetensorsWriter();
    copy("srvgg-x4", writer, name -> "params." + name);
    Path wrapped = folder.resolve("realesr-general-x4v3.safetensors");
    writer.write(wrapped);

    assertEnlarges(wrapped, "in.even", "srvgg-x4.even", 4);
  }

  private static void copy(String file, SafetensorsWriter writer, UnaryOperator<String> names) {
    TensorFile source = TensorFile.open(resource(file + ".safetensors"));
    try (TensorFile.Reader reader = source.reader()) {
      source
          .tensors()
          .forEach(
              (name, entry) ->
                  writer.tensor(names.apply(name), entry.shape(), reader.floats(entry), DType.F16));
    }
  }

  private static void assertEnlarges(Path file, String in, String out, int factor) {
    NetworkFile<UpscalerConfig> read = UpscalerReader.read(file);
    assertThat(read.config().factor()).isEqualTo(factor);
    TensorFile golden = TensorFile.open(resource("golden.safetensors"));
    TensorEntry picture = golden.find(in).orElseThrow();
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope();
        TensorFile.Reader reader = golden.reader();
        LiveWeights weights =
            LiveWeights.load(torch, new TensorLoader(torch), read.weights(), ScalarType.FLOAT32)) {
      long[] shape = picture.shape().stream().mapToLong(side -> side).toArray();
      float[] actual =
          UpscalerNet.of(torch, read.config(), weights)
              .enlarge(Torch.floats(scope, reader.floats(picture), shape), scope)
              .toFloatArray();

      assertCloseToScale(actual, reader.floats(golden.find(out).orElseThrow()), TOLERANCE);
    }
  }
}
