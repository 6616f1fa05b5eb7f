package dev.sdlora.families.checkpoint.auxiliary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.families.checkpoint.FileKind;
import dev.sdlora.families.network.upscaler.SrvggConfig;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of compact upscalers, intact and damaged. */
class SrvggReaderTest {
  @TempDir private Path folder;

  private Path write(SrvggConfig config, UnaryOperator<String> names) {
    return new RandomWeights(config.weights(), 1)
        .write(folder.resolve("compact.pt.safetensors"), names);
  }

  @Test
  void read_everyFactor_isReadOffTheLastLayer() {
    for (int factor : new int[] {1, 2, 3, 4}) {
      SrvggConfig config = new SrvggConfig(6, 3, factor);
      assertThat(UpscalerReader.read(write(config, name -> "params." + name)).config())
          .isEqualTo(config);
    }
    assertThat(FileKind.recognise(write(new SrvggConfig(6, 3, 2), name -> "params." + name)))
        .hasValueSatisfying(
            kind -> assertThat(kind.kind()).isEqualTo(FileDescription.Kind.UPSCALER));
  }

  @Test
  void read_channelsOfNoFactor_areRefused() {
    SrvggConfig config = new SrvggConfig(6, 3, 2);
    SafetensorsWriter writer = new SafetensorsWriter();
    new RandomWeights(config.weights(), 1).add(writer, name -> name.replace("body.6", "body.7"));
    writer.tensor("body.6.weight", List.of(10L, 6L, 3L, 3L), new float[540], DType.F32);
    writer.tensor("body.6.bias", List.of(10L), new float[10], DType.F32);
    Path file = folder.resolve("odd.safetensors");
    writer.write(file);

    assertRefused(file, "8 layers, the last with 12 channels", "3, 12, 27, 48");
  }

  /** A file of 40 KB could cause images of any size. */
  @Test
  void read_factorOfManyTimes_isRefused() {
    Path file = write(new SrvggConfig(1, 1, 65), name -> name);
    assertRefused(file, "the last with 12675 channels", "for a factor of at most 64");
  }

  /** Activations without weights cannot be identified. */
  @Test
  void read_activationsWithoutWeights_areRefused() {
    SrvggConfig config = new SrvggConfig(6, 2, 2);
    SafetensorsWriter writer = new SafetensorsWriter();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              if (!name.matches("body\\.[13]\\..*")) {
                int count = shape.stream().mapToInt(Long::intValue).reduce(1, (x, y) -> x * y);
                writer.tensor(name, shape, new float[count], DType.F32);
              }
            });
    Path file = folder.resolve("relu.safetensors");
    writer.write(file);

    assertRefused(file, "'body.4.weight'", "part is missing");
  }

  @Test
  void read_missingWrongAndForeignTensors_areNamed() {
    SrvggConfig config = new SrvggConfig(6, 2, 2);
    assertRefused(
        write(config, name -> name.equals("body.2.bias") ? "body.2.other" : name),
        "'body.2.bias' of the upscaler is missing");
    SafetensorsWriter more = new SafetensorsWriter();
    new RandomWeights(config.weights(), 1).add(more, name -> name);
    more.tensor("tail.weight", List.of(1L), new float[1], DType.F32);
    Path file = folder.resolve("more.safetensors");
    more.write(file);
    assertRefused(file, "do not belong to an upscaler of the ESRGAN family", "'tail.weight'");
    assertRefused(
        write(config, name -> name.replace("body.4", "body.880003")), "has number 880003");
  }

  private static void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> UpscalerReader.read(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts);
  }
}
