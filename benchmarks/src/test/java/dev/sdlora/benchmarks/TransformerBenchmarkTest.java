package dev.sdlora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.sdlora.benchmarks.figure.Figure;
import dev.sdlora.benchmarks.model.FlowCheckpoint;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.FlowModels;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.pipeline.speed.TransformerWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransformerBenchmarkTest {
  @TempDir private Path folder;

  private static Arguments arguments(Path file, int blocks) {
    return new Arguments(
        file,
        Map.of(
            "--size",
            64,
            "--text",
            40,
            "--rank",
            2,
            "--blocks",
            blocks,
            "--rounds",
            1,
            "--bits",
            32));
  }

  static List<org.junit.jupiter.params.provider.Arguments> tinyModels() {
    return FullModelTest.tinyFlows().stream()
        .flatMap(
            config ->
                Stream.of(0, 1)
                    .map(blocks -> org.junit.jupiter.params.provider.Arguments.of(config, blocks)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("tinyModels")
  void benchmark_tinyModel_measuresBothNetworks(FlowConfig config, int blocks) throws IOException {
    Path file = FlowCheckpoint.write(config, 1, folder, path -> {});
    List<Figure> figures = TransformerBenchmark.run(arguments(file, blocks));
    String title = config.title() + (blocks > 0 ? ", 1 blocks" : "");
    assertThat(figures)
        .extracting(figure -> figure.name().replace(" and packed", ""))
        .containsExactly(
            "start, %s, float32: text encoder read".formatted(title),
            "text encoding, %s, 40 tokens, float32".formatted(title),
            "start, %s, float32: denoiser read".formatted(title),
            "denoiser, %s, 64², float32".formatted(title),
            "overlay of one LoRA, rank 2, %s, 64², float32: a call of the denoiser"
                .formatted(title));
    assertThat(figures).allMatch(figure -> figure.ratio() != null && figure.aim() != null);
  }

  @Test
  void benchmark_unet_isRefused() {
    Path file = folder.resolve("tiny.safetensors");
    WriteFullSizeCheckpoint.write(ModelConfig.TINY, 1, file, done -> {});
    assertThatThrownBy(() -> TransformerBenchmark.run(arguments(file, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SD 1.x, expected a model with a diffusion transformer");
  }

  /** An image of four steps at 512 pixels is 41 TFLOP. */
  @Test
  void operations_ofKlein_areThoseOfItsParameters() {
    TransformerWork work = TransformerWork.of(FlowModels.KLEIN.transformer(), 1024, 512);
    assertThat(4 * work.operations()).isCloseTo(41e12, withPercentage(2));
    // All blocks' parameters, each multiplied by 1,536 positions or its share of them.
    assertThat(work.ofLayers()).isCloseTo(2 * 1536.0 * 13 * 3072 * 3072 * 25, withPercentage(0.1));
  }

  /** All blocks' parameters, each multiplied by 1,536 positions or its share of them. */
  @Test
  void operations_ofFlux1_areThoseOfItsParameters() {
    TransformerWork work = TransformerWork.of(FlowModels.FLUX1.transformer(), 1024, 512);
    assertThat(work.ofLayers())
        .isCloseTo(2 * 1536.0 * 12 * 3072 * 3072 * (19 + 38), withPercentage(0.1));
    assertThat(TransformerWork.of(FlowModels.CHROMA.transformer(), 1024, 512)).isEqualTo(work);
  }

  @Test
  void operations_ofSd3_countTheSecondAttention() {
    double square = 1536.0 * 1536;
    TransformerWork work = TransformerWork.of(FlowModels.SD35_MEDIUM.transformer(), 1024, 333);
    // The last block ends with the image.
    double text = (23 * 12 + 3) * 333.0;
    assertThat(work.ofLayers())
        .isCloseTo(2 * square * ((24 * 12 + 13 * 4) * 1024 + text), withPercentage(0.1));
    assertThat(work.attention())
        .isCloseTo(4 * 1536 * (24 * 1357.0 * 1357 + 13 * 1024.0 * 1024), withPercentage(0.1));
  }

  @Test
  void operations_ofZImage_countRefinersOnce() {
    TransformerWork work = TransformerWork.of(FlowModels.Z_IMAGE.transformer(), 1024, 90);
    double block = 4.0 * 3840 * 3840 + 3.0 * 3840 * 10_240;
    assertThat(work.ofLayers())
        .isCloseTo(2 * block * ((30 + 2) * 1024 + (30 + 2) * 96), withPercentage(0.1));
  }
}
