package dev.sdlora.families.checkpoint.auxiliary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.upscaler.UpscalerConfig;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensorkit.TorchWriter;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of upscaler files as trainers write them; the layouts are tested with the upscaler. */
class UpscalerReaderTest {
  @TempDir private Path folder;

  @Test
  void read_fileOfPyTorch_findsTheWrappedWeights() throws IOException {
    RrdbConfig config = new RrdbConfig(6, 3, 2, 2, 2);
    RandomWeights weights = new RandomWeights(config.weights(), 1);
    Path source = weights.write(folder.resolve("x.safetensors"), name -> "params_ema." + name);
    Path pth = folder.resolve("RealESRGAN_x2plus.pth");
    TorchWriter.write(TensorFile.open(source), pth);
    NetworkFile<UpscalerConfig> read = UpscalerReader.read(pth);
    assertThat(read.config()).isEqualTo(config);
    assertThat(read.config().factor()).isEqualTo(2);
    assertThat(read.name()).isEqualTo("RealESRGAN_x2plus");
    read.weights()
        .forEach(
            (name, origin) -> {
              try (TensorFile.Reader reader = origin.file().reader()) {
                assertThat(reader.floats(origin.entry())).as(name).isEqualTo(weights.of(name));
              }
            });
  }

  @Test
  void read_networkThatMakesPicturesSmaller_isRefused() {
    Path file =
        new RandomWeights(new RrdbConfig(4, 2, 1, 4, 1).weights(), 1)
            .write(folder.resolve("half.safetensors"), name -> name);
    assertThatThrownBy(() -> UpscalerReader.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("half.safetensors", "doubles", "1", "4");
  }
}
