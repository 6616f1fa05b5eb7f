package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.RequestLimits;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that requests that are too large are refused before they allocate memory. */
@Timeout(600)
class LimitsTest {
  private static final PromptSpec SPEC = TinyPipeline.SPEC.toBuilder().steps(1).build();

  private static Pipeline.Builder builder() {
    return Fixtures.float32().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT));
  }

  private static void assertRefused(
      Pipeline pipeline, PromptSpec spec, Resource resource, String... numbers) {
    assertThatThrownBy(() -> pipeline.generate(spec))
        .isInstanceOfSatisfying(
            ResourceException.class, e -> assertThat(e.resource()).isEqualTo(resource))
        .hasMessageContainingAll(numbers);
  }

  @ParameterizedTest
  @CsvSource({"999992, PIXELS", "65536, PIXELS", "46344, PIXELS", "26752, MEMORY"})
  void generate_sizeBeyondAnyMachine_isRefusedWithTheNumbers(int side, Resource resource) {
    // For example, the heap of a test has no room for the last request's pixels.
    try (Pipeline pipeline = builder().maxBytes(100_000_000_000L).build()) {
      PromptSpec huge = SPEC.toBuilder().size(side, side).build();
      assertRefused(pipeline, huge, resource, Integer.toString(side));
      assertThat(pipeline.generate(SPEC).images()).hasSize(1);
    }
  }

  private static Stream<Arguments> largerThanItsSize() {
    return Stream.of(
        larger("hires fix", spec -> spec.hiresFix(HiresFix.builder().scale(4).build())),
        larger(
            "hires size",
            spec -> spec.hiresFix(HiresFix.builder().size(new ImageSize(256, 256)).build())),
        larger("upscaling", spec -> spec.upscaling(Upscaler.LANCZOS, 4)));
  }

  private static Arguments larger(String name, UnaryOperator<PromptSpec.Builder> change) {
    return Arguments.of(name, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("largerThanItsSize")
  void generate_largerOnTheWay_countsForMaxPixels(
      String name, UnaryOperator<PromptSpec.Builder> change) {
    try (Pipeline pipeline = builder().maxPixels(64 * 64).build()) {
      assertThat(pipeline.generate(SPEC).images()).hasSize(1);
      PromptSpec larger = change.apply(SPEC.toBuilder()).build();
      assertRefused(pipeline, larger, Resource.PIXELS, "65536", "4096");
    }
  }

  @Test
  void generate_outpaintingBeyondAnyMachine_isRefusedWithTheNumbers() {
    try (Pipeline pipeline = builder().build()) {
      PromptSpec wide =
          SPEC.toBuilder()
              .size(64, 64)
              .imageToImage(
                  ImageToImage.builder(TinyPipeline.image(64, 64))
                      .outpainting(Outpainting.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 0, 0))
                      .build())
              .build();
      assertRefused(pipeline, wide, Resource.PIXELS, "the outpainted image", "4294967358");
    }
  }

  private static Stream<Arguments> holdsMore() {
    RegionMask mask = RegionMask.of(TinyPipeline.image(8, 8));
    LoraAdapter lora = LoraAdapter.open(Fixtures.LORAS.resolve("tiny_lora.safetensors"));
    return Stream.of(
        Arguments.of(
            SPEC.toBuilder().mask("a", mask).mask("b", mask).lora(lora.withMask(mask)).build(),
            "the request has 3 masks, but RequestLimits.masks allows 2"),
        Arguments.of(
            SPEC.toBuilder()
                .controlUnit(ControlUnit.builder(Path.of("none"), TinyPipeline.image(8, 8)).build())
                .build(),
            "the request has 1 control units, but RequestLimits.controlUnits allows 0"),
        Arguments.of(
            SPEC.toBuilder()
                .mask("a", mask)
                .imageToImage(ImageToImage.builder(TinyPipeline.image(64, 64)).build())
                .build(),
            "the input images of the request have 4160 pixels in total, but"
                + " RequestLimits.inputPixels allows 4159"),
        Arguments.of(
            sixtyOf(lora)
                .prompt("<lora:tiny_lora:1>".repeat(20))
                .negativePrompt("<lora:tiny_lora:1>".repeat(21))
                .build(),
            "the request has 101 LoRAs and hypernetworks, but PromptLimits.loras allows 100"));
  }

  private static PromptSpec.Builder sixtyOf(LoraAdapter lora) {
    PromptSpec.Builder spec = SPEC.toBuilder();
    for (int i = 0; i < 60; i++) {
      spec.lora(lora);
    }
    return spec;
  }

  @ParameterizedTest
  @MethodSource("holdsMore")
  void generate_requestThatHoldsTooMuch_isRefused(PromptSpec spec, String sentence) {
    RequestLimits limits =
        RequestLimits.DEFAULTS.withMasks(2).withControlUnits(0).withInputPixels(4159);
    try (Pipeline pipeline = builder().requestLimits(limits).build()) {
      assertThatThrownBy(() -> pipeline.generate(spec)).hasMessage(sentence);
      assertThat(pipeline.generate(SPEC).images()).hasSize(1);
    }
  }

  private static Stream<Arguments> takesMoreMemory() {
    return Stream.of(
        larger("size", spec -> spec.size(256, 256)),
        larger("hires fix", spec -> spec.hiresFix(HiresFix.builder().scale(4).build())),
        larger("upscaled batch", spec -> spec.images(40).upscaling(Upscaler.LANCZOS, 8)),
        larger("batch", spec -> spec.images(3000)),
        larger(
            "picture",
            spec ->
                spec.imageToImage(ImageToImage.builder(TinyPipeline.image(2048, 2048)).build())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("takesMoreMemory")
  void generate_moreThanMaxBytes_isRefusedWithTheNumbers(
      String name, UnaryOperator<PromptSpec.Builder> change) {
    try (Pipeline pipeline = builder().maxBytes(30_000_000).build()) {
      assertThat(pipeline.generate(SPEC).images()).hasSize(1);
      PromptSpec larger = change.apply(SPEC.toBuilder()).build();
      assertRefused(pipeline, larger, Resource.MEMORY, "the pipeline's limit is 30 MB");
    }
  }

  @Test
  void generate_batchThatIsTaken_needsTheMemoryOfOnePicture() {
    try (Pipeline pipeline = builder().maxBytes(30_000_000).build()) {
      PromptSpec batch = SPEC.toBuilder().images(3000).build();
      IllegalStateException enough = new IllegalStateException("enough");
      GenerationListener taking =
          GenerationListener.taking(
              image -> {
                throw enough;
              });
      assertThatThrownBy(() -> pipeline.generate(batch, taking)).isSameAs(enough);
    }
  }

  @Tag("slow")
  @Test
  void draw_gridLargerThanAnyHeap_isRefusedAfterOnePicture() {
    Axis many = Axis.seeds(LongStream.range(0, 500).toArray());
    List<Long> drawn = new ArrayList<>();
    GenerationListener counting =
        new GenerationListener() {
          @Override
          public void imageStart(int index, long seed) {
            drawn.add(seed);
          }
        };
    try (Pipeline pipeline = builder().build()) {
      VariationGrid grid = VariationGrid.of(SPEC, many, many);
      assertThatThrownBy(() -> grid.draw(pipeline, counting))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("250000 images of 64x64");
    }
    assertThat(drawn).hasSize(1);
  }
}
