package dev.sdlora.families.checkpoint.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensorkit.TorchWriter;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of U-Nets with averaged weights. */
final class AveragesTest {
  @TempDir Path folder;

  /** Returns the trainer's name for the average of a weight. */
  private static String average(String name) {
    return "model_ema." + name.substring("model.".length()).replace(".", "");
  }

  /** Converts every weight name of an SDXL-like U-Net, including some beyond its size, and back. */
  @Test
  void name_ofEveryWeight_comesBack() {
    UNetConfig sdxl =
        new UNetConfig(
            4, 4, List.of(320, 640, 1280, 1280), 3, List.of(1, 2, 10, 0), 12, 8, 2048, true);
    Names names = LdmNames.unet(LdmNames.UNET, sdxl.layers(), sdxl.transformers());
    for (String name : sdxl.weights().keySet()) {
      String inFile = names.inFile(name);
      assertThat(Averages.name(average(inFile))).hasValue(inFile);
    }
    assertThat(Averages.name("model_ema.diffusion_modellabel_emb02bias"))
        .hasValue("model.diffusion_model.label_emb.0.2.bias");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model_ema.decay",
        "model_ema.num_updates",
        "model_ema.diffusion_model",
        "model_ema.diffusion_modelinput_blocks00weights",
        "model_ema.diffusion_modelunknown0weight",
        "model.diffusion_model.out.0.weight"
      })
  void name_ofSomethingElse_isNone(String name) {
    assertThat(Averages.name(name)).isEmpty();
  }

  /** Writes a checkpoint whose averages are the last weights plus one. */
  private Path averaged(boolean withLast) {
    TensorFile file = TensorFile.open(TinyModels.CHECKPOINT);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .values()
          .forEach(
              entry -> {
                float[] values = reader.floats(entry);
                boolean unet = entry.name().startsWith(LdmNames.UNET);
                if (withLast || !unet) {
                  writer.tensor(entry.name(), entry.shape(), values, DType.F32);
                }
                if (unet) {
                  float[] average = values.clone();
                  for (int i = 0; i < average.length; i++) {
                    average[i] += 1;
                  }
                  writer.tensor(average(entry.name()), entry.shape(), average, DType.F32);
                }
              });
    }
    writer.tensor("model_ema.num_updates", List.of(), new float[1], DType.F32);
    Path path = folder.resolve("averaged" + withLast + ".safetensors");
    writer.write(path);
    return path;
  }

  private static float[] values(Path path, boolean ema) {
    UNetFiles files = CheckpointReader.read(path, CheckpointParts.builder().ema(ema).build());
    Origin origin = Objects.requireNonNull(files.unet().weights().get("conv_in.weight"));
    try (TensorFile.Reader reader = origin.file().reader()) {
      return reader.floats(origin.entry());
    }
  }

  @Test
  void read_takesAveragesWhereAskedForOrAlone() throws IOException {
    float[] last = values(TinyModels.CHECKPOINT, false);
    assertThat(values(TinyModels.CHECKPOINT, true)).isEqualTo(last);
    Path both = averaged(true);
    assertThat(values(both, false)).isEqualTo(last);
    float[] average = values(both, true);
    for (int i = 0; i < last.length; i++) {
      assertThat(average[i]).isEqualTo(last[i] + 1);
    }
    Path alone = averaged(false);
    assertThat(values(alone, false)).isEqualTo(average);
    Path pickled = folder.resolve("averaged.ckpt");
    TorchWriter.write(TensorFile.open(alone), pickled);
    assertThat(values(pickled, false)).isEqualTo(average);
  }
}
