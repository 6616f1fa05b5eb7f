package dev.sdlora.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.testkit.TinyModels;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests run as on a GPU, without its numbers: no operation mixes devices. */
final class MetaDeviceTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(1).build();

  static Stream<Path> models() {
    return Stream.of(
        TinyModels.CHECKPOINT,
        TinyTransformers.klein(),
        TinyTransformers.zImageTurbo(),
        TinyTransformers.flux1Dev(),
        TinyTransformers.chroma(),
        TinyTransformers.sd3Medium());
  }

  @ParameterizedTest
  @MethodSource("models")
  void generate_everyFamily_keepsToTheDevice(Path model) {
    draw(builder(model), SPEC);
  }

  /** Weights in other formats than the dtype of the computation. */
  @ParameterizedTest
  @MethodSource("models")
  void generate_weightsInIntegers_keepsToTheDevice(Path model) {
    draw(builder(model).weights(WeightFormat.INT8).memoryPolicy(MemoryPolicy.SPARING), SPEC);
  }

  @ParameterizedTest
  @EnumSource(LoraMode.class)
  void generate_loras_keepToTheDevice(LoraMode mode) {
    draw(
        builder(TinyModels.CHECKPOINT).loraDirectory(TinyModels.LORAS).loraMode(mode),
        SPEC.toBuilder().prompt("a (cat:1.2) AND a [dog:bird:0.5] <lora:tiny_lora:0.8>").build());
  }

  static Stream<PromptSpec> requests() {
    Image image = Image.of(64, 64, new byte[64 * 64 * 3]);
    return Stream.of(
        SPEC.toBuilder().imageToImage(ImageToImage.builder(image).build()).build(),
        SPEC.toBuilder().hiresFix(HiresFix.builder().scale(2).build()).build(),
        SPEC.toBuilder().images(2).tiling(Tiling.BOTH).build(),
        SPEC.toBuilder().speedOptions(SpeedOptions.builder().cacheInterval(2).build()).build());
  }

  @ParameterizedTest
  @MethodSource("requests")
  void generate_otherRequests_keepToTheDevice(PromptSpec spec) {
    draw(builder(TinyModels.CHECKPOINT), spec);
  }

  private static Pipeline.Builder builder(Path model) {
    return Pipeline.builder().checkpoint(Checkpoint.open(model)).engine("meta").device("cuda");
  }

  private static void draw(Pipeline.Builder builder, PromptSpec spec) {
    try (Pipeline pipeline = builder.build()) {
      assertThat(pipeline.generate(spec)).hasSize(spec.images());
    }
  }
}
