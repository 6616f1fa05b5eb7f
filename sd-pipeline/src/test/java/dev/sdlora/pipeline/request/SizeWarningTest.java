package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.testkit.TaughtModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeWarningTest {
  private static final PromptSpec SPEC = PromptSpec.builder().prompt("a cat").build();

  private static Checkpoint model(int side) {
    return builder(side).build();
  }

  private static CheckpointBuilder builder(int side) {
    return new CheckpointBuilder(Path.of("model.safetensors"), ModelFamily.SD1)
        .defaultSize(new ImageSize(side, side));
  }

  private static PromptSpec from(double strength) {
    return SPEC.toBuilder()
        .imageToImage(
            ImageToImage.builder(TinyPipeline.image(64, 64)).denoisingStrength(strength).build())
        .build();
  }

  private static HiresFix twice(double strength) {
    return HiresFix.builder().scale(2).denoisingStrength(strength).build();
  }

  @ParameterizedTest
  @CsvSource({
    "512, 512x512",
    "512, 512x704",
    "512, 768x512",
    "512, 512x768",
    "512, 768x448",
    "512, 264x512",
    "512, 264x264",
    "512, 384x640",
    "1024, 2048x512",
    "1024, 1472x1024",
    "1024, 576x576",
    "768, 512x512",
    "128, 184x184",
    "128, 72x72",
  })
  void of_sizeNearTheModels_isEmpty(int side, String size) {
    assertThat(SizeWarning.ofFirst(SPEC, ImageSize.parse(size), model(side))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "512, 1024x1024, 512x512",
    "512, 1024x512, 704x384",
    "512, 776x512, 640x384",
    "512, 1920x1080, 704x384",
    "512, 4096x512, 704x320",
    "512, 768x520, 640x448",
    "512, 768x768, 512x512",
    "1024, 2048x1024, 1472x704",
    "128, 512x512, 128x128",
    "128, 192x192, 128x128",
    "128, 192x136, 160x112",
  })
  void of_sizeFarAboveTheModels_namesTheSizeThatSuits(int side, String size, String suited) {
    assertThat(SizeWarning.ofFirst(SPEC, ImageSize.parse(size), model(side)))
        .hasValue(
            "%s is far above the %sx%s that this model was trained for, so subjects may repeat; use %s and enlarge it with hires fix"
                .formatted(size, side, side, suited));
  }

  @ParameterizedTest
  @CsvSource({
    "512, 256x256, 512x512",
    "512, 512x256, 704x384",
    "512, 128x512, 320x704",
    "1024, 256x448, 768x1344",
    "128, 64x64, 128x128",
    "128, 64x128, 96x176"
  })
  void of_sizeFarBelowTheModels_namesTheSizeThatSuits(int side, String size, String suited) {
    assertThat(SizeWarning.ofFirst(SPEC, ImageSize.parse(size), model(side)))
        .hasValue(
            "%s is far below the %sx%s that this model was trained for, so the image may show little; use %s"
                .formatted(size, side, side, suited));
  }

  @Test
  void of_largeImageFromAnother_isEmpty() {
    ImageSize large = new ImageSize(1024, 1024);
    Checkpoint model = model(512);
    PromptSpec image =
        SPEC.toBuilder()
            .imageToImage(ImageToImage.builder(TinyPipeline.image(64, 64)).build())
            .build();
    PromptSpec control =
        SPEC.toBuilder()
            .controlUnit(
                ControlUnit.builder(Path.of("a.safetensors"), TinyPipeline.image(64, 64)).build())
            .build();
    PromptSpec reference = SPEC.toBuilder().referenceImage(TinyPipeline.image(64, 64)).build();
    assertThat(SizeWarning.ofFirst(image, large, model)).isEmpty();
    assertThat(SizeWarning.ofFirst(reference, large, model)).isEmpty();
    assertThat(SizeWarning.ofFirst(control, large, model)).isEmpty();
  }

  @Test
  void of_largeImageFromAnotherThatIsHardlyKept_warns() {
    ImageSize large = new ImageSize(1024, 1024);
    assertThat(SizeWarning.ofFirst(from(0.75), large, model(512))).isEmpty();
    assertThat(SizeWarning.ofFirst(from(0.8), large, model(512))).isPresent();
  }

  @Test
  void ofHires_strongSecondPassFarAboveTheModels_warns() {
    ImageSize from = new ImageSize(512, 512);
    ImageSize to = new ImageSize(1024, 1024);
    assertThat(SizeWarning.ofHires(twice(0.7), from, to, model(512))).isEmpty();
    assertThat(SizeWarning.ofHires(twice(1), from, new ImageSize(704, 704), model(512))).isEmpty();
    assertThat(SizeWarning.ofHires(twice(1), from, to, model(512)))
        .hasValue(
            "hires fix draws most of the image anew at 1024x1024, far above the 512x512 that this"
                + " model was trained for, so subjects may repeat; use a denoising strength of at"
                + " most 0.75 for it");
  }

  @Test
  void modelWithoutHiresFix_isWarnedOfWithUpscaling() {
    Checkpoint small = builder(128).hiresFix(false).build();
    ImageSize from = new ImageSize(128, 128);
    ImageSize to = new ImageSize(256, 256);
    assertThat(SizeWarning.ofHires(twice(0.2), from, to, small))
        .hasValue(
            "hires fix draws at 256x256 with a model that was trained for 128x128 alone, so"
                + " subjects repeat; enlarge the image with an upscaler instead of hires fix");
    assertThat(SizeWarning.ofHires(twice(0.2), from, from, small)).isEmpty();
    HiresFix ground = twice(0.1).toBuilder().prompt("background").build();
    assertThat(SizeWarning.ofHires(ground, from, to, small)).isEmpty();
    assertThat(SizeWarning.ofFirst(from(0.2), from, small)).isEmpty();
    assertThat(SizeWarning.ofFirst(from(0.2), to, small))
        .hasValue(
            "256x256 is far above the 128x128 that this model was trained for, so subjects may"
                + " repeat; use 128x128 and enlarge it with an upscaler, not hires fix");
  }

  @Test
  void generate_sizeFarFromTheModels_warns(@TempDir Path folder) {
    Path file =
        TaughtModels.noted(
            Fixtures.CHECKPOINT,
            "modelspec.resolution",
            "128x128",
            folder.resolve("tiny-128.safetensors"));
    try (Pipeline pipeline = Fixtures.float32().checkpoint(Checkpoint.open(file)).build()) {
      PromptSpec spec = TinyPipeline.SPEC.toBuilder().size(184, 72).steps(1).build();
      assertThat(warnings(pipeline, spec)).isEmpty();
      assertThat(warnings(pipeline, spec.toBuilder().size(200, 104).build()))
          .singleElement()
          .asString()
          .startsWith("200x104 is far above the 128x128");
      assertThat(warnings(pipeline, spec.toBuilder().size(56, 56).build()))
          .singleElement()
          .asString()
          .startsWith("56x56 is far below the 128x128");
      assertThat(warnings(pipeline, spec.toBuilder().size(128, 128).hiresFix(twice(0.9)).build()))
          .singleElement()
          .asString()
          .startsWith("hires fix draws most of the image anew at 256x256");
    }
  }

  private static List<String> warnings(Pipeline pipeline, PromptSpec spec) {
    List<String> drawn = pipeline.generate(spec).warnings();
    assertThat(pipeline.check(spec)).isEqualTo(drawn);
    return drawn;
  }

  @Test
  void ofFirst_modelOfUnknownSize_isEmpty() {
    Checkpoint tiny = Checkpoint.open(Fixtures.CHECKPOINT);
    assertThat(tiny.isSizeKnown()).isFalse();
    assertThat(SizeWarning.ofFirst(SPEC, new ImageSize(512, 512), tiny)).isEmpty();
    assertThat(SizeWarning.ofFirst(SPEC, new ImageSize(64, 64), tiny)).isEmpty();
  }
}
