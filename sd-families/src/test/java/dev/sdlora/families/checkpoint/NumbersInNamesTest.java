package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.checkpoint.auxiliary.ControlNetReader;
import dev.sdlora.families.checkpoint.auxiliary.T2iAdapterReader;
import dev.sdlora.families.checkpoint.auxiliary.UpscalerReader;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of files whose tensor names claim far more layers than they contain. */
class NumbersInNamesTest {
  private static final String UNET = "model.diffusion_model.";

  /** One tensor of each network, so that the file is accepted as a checkpoint. */
  private static final List<String> SD1 =
      List.of(
          UNET + "input_blocks.0.0.weight",
          "first_stage_model.post_quant_conv.weight",
          "cond_stage_model.transformer.text_model.final_layer_norm.weight");

  @TempDir private Path folder;

  private Path write(Stream<String> names) {
    SafetensorsWriter writer = new SafetensorsWriter();
    names
        .distinct()
        .forEach(name -> writer.tensor(name, List.of(1L, 1L, 1L, 1L), new float[1], DType.F32));
    Path path = folder.resolve("some.safetensors");
    writer.write(path);
    return path;
  }

  private static void refuses(Path path, Runnable reading) {
    assertTimeoutPreemptively(
        Duration.ofMinutes(10),
        () ->
            assertThatThrownBy(reading::run)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(path.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "down_blocks.2000000000.x",
        "down_blocks.99999999999999999999.x",
        "down_blocks.7.x",
        "down_blocks.00.x",
        "down_blocks.0.resnets.2000000000.x",
        "down_blocks.0.attentions.0.transformer_blocks.2000000000.x",
        "mid_block.attentions.0.transformer_blocks.2147483647.x",
        "controlnet_cond_embedding.blocks.2000000000.x",
        "down_blocks.0.resnets.0.norm2.weight"
      })
  void controlNet_number_isNotTrusted(String name) {
    Path path = write(Stream.of("controlnet_cond_embedding.conv_in.weight", name));
    refuses(path, () -> ControlNetReader.read(TensorFile.open(path), channels -> 8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "input_hint_block.2000000000.weight",
        "input_hint_block.3.weight",
        "input_blocks.2000000000.0.op.weight",
        "input_blocks.0.0.op.weight",
        "input_blocks.1.0.op.weight",
        "input_blocks.99999999999999999999.0.op.weight",
        "input_blocks.2000000000.x"
      })
  void originalControlNet_number_isNotTrusted(String name) {
    Path path = write(Stream.of("input_hint_block.0.weight", name));
    refuses(path, () -> ControlNetReader.read(TensorFile.open(path), channels -> 8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        UNET + "input_blocks.2000000000.0.op.weight",
        UNET + "input_blocks.99999999999999999999.0.op.weight",
        "cond_stage_model.transformer.text_model.encoder.layers.2000000000.x",
        "cond_stage_model.transformer.text_model.encoder.layers.1.x",
        "first_stage_model.decoder.up.2000000000.x",
        "first_stage_model.encoder.down.0.block.2000000000.x"
      })
  void checkpoint_number_isNotTrusted(String name) {
    Path path = write(Stream.concat(SD1.stream(), Stream.of(name)));
    refuses(path, () -> CheckpointReader.read(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "body.880003.x",
        "body.2.x",
        "body.99999999999.x",
        "conv_up2000000000.x",
        "conv_up3.weight"
      })
  void upscaler_number_isNotTrusted(String name) {
    Path path =
        write(Stream.of("body.0.rdb1.conv1.weight", "conv_first.weight", "conv_first.bias", name));
    refuses(path, () -> UpscalerReader.read(path));
  }

  @Test
  void oldUpscaler_number_isNotTrusted() {
    Path path =
        write(
            Stream.of(
                "model.1.sub.0.RDB1.conv1.0.weight",
                "model.0.weight",
                "model.2147483647.weight",
                "model.1.sub.880003.RDB1.x"));
    refuses(path, () -> UpscalerReader.read(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"body.%s.x", "body.%s.rdb1.conv1.weight"})
  void upscaler_manyBlocks_isRefusedBeforeItsWeightsAreListed(String name) {
    Path path =
        write(
            Stream.concat(
                Stream.of("body.0.rdb1.conv1.weight", "conv_first.weight"),
                IntStream.range(0, 3000).mapToObj(name::formatted)));
    refuses(path, () -> UpscalerReader.read(path));
  }

  /** Levels, layers and depths multiply, even if each of them is within its limit. */
  @Test
  void controlNet_manyOfEverything_isRefusedBeforeItsWeightsAreListed() {
    Stream<String> levels = IntStream.range(0, 200).mapToObj("down_blocks.%s.x"::formatted);
    Stream<String> layers =
        IntStream.range(0, 200).mapToObj("down_blocks.0.resnets.%s.x"::formatted);
    Stream<String> depth =
        IntStream.range(0, 4000)
            .mapToObj(
                i ->
                    "down_blocks.%s.attentions.0.transformer_blocks.%s.x"
                        .formatted(i / 200, i % 200));
    Path path =
        write(
            Stream.of(Stream.of("controlnet_cond_embedding.conv_in.weight"), levels, layers, depth)
                .flatMap(names -> names));
    refuses(path, () -> ControlNetReader.read(TensorFile.open(path), channels -> 8));
  }

  @Test
  void t2iAdapter_manyBlocks_isRefused() {
    Path path =
        write(
            Stream.concat(
                Stream.of("conv_in.weight", "body.0.block2.weight"),
                IntStream.range(0, 2000).mapToObj("body.%s.block1.weight"::formatted)));
    refuses(path, () -> T2iAdapterReader.read(TensorFile.open(path)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 31, 1L << 40})
  void upscaler_impossibleWidth_isRefused(long width) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : List.of("body.0.rdb1.conv1.bias", "body.0.rdb1.conv1.weight")) {
      writer.tensor(name, DType.F32, List.of(width, 0L), channel -> {});
    }
    for (String name : List.of("conv_first.weight", "conv_first.bias")) {
      writer.tensor(name, DType.F32, List.of(width, 3L, 0L), channel -> {});
    }
    Path path = folder.resolve("wide.safetensors");
    writer.write(path);
    refuses(path, () -> UpscalerReader.read(path));
  }
}
