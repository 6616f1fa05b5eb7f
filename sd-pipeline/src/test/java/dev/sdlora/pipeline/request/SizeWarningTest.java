package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.pipeline.TinyPipeline;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeWarningTest {
  private static final PromptSpec SPEC = PromptSpec.builder().prompt("a cat").build();

  @ParameterizedTest
  @CsvSource({
    "512, 512x512",
    "512, 512x768",
    "512, 768x768",
    "512, 256x512",
    "512, 256x256",
    "512, 384x640",
    "1024, 2048x512",
    "1024, 1536x1024",
    "1024, 512x512",
    "768, 512x512",
    "128, 192x128",
  })
  void of_sizeNearTheModels_isEmpty(int side, String size) {
    assertThat(SizeWarning.of(SPEC, ImageSize.parse(size), new ImageSize(side, side))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "512, 1024x1024, 512x512",
    "512, 1024x512, 704x384",
    "512, 776x512, 640x384",
    "512, 1920x1080, 704x384",
    "512, 4096x512, 768x256",
    "1024, 2048x1024, 1472x704",
    "128, 512x512, 128x128",
  })
  void of_sizeFarAboveTheModels_namesTheSizeThatSuits(int side, String size, String suited) {
    assertThat(SizeWarning.of(SPEC, ImageSize.parse(size), new ImageSize(side, side)))
        .hasValue(
            "%s is far above the %sx%s that this model was trained for, so subjects may repeat; use %s and enlarge it with hires fix"
                .formatted(size, side, side, suited));
  }

  @ParameterizedTest
  @CsvSource({"512, 248x248, 512x512", "512, 128x512, 256x768", "1024, 256x448, 768x1344"})
  void of_sizeFarBelowTheModels_namesTheSizeThatSuits(int side, String size, String suited) {
    assertThat(SizeWarning.of(SPEC, ImageSize.parse(size), new ImageSize(side, side)))
        .hasValue(
            "%s is far below the %sx%s that this model was trained for, so the image may show little; use %s"
                .formatted(size, side, side, suited));
  }

  @Test
  void of_largeImageFromAnother_isEmpty() {
    ImageSize large = new ImageSize(1024, 1024);
    ImageSize model = new ImageSize(512, 512);
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
    assertThat(SizeWarning.of(image, large, model)).isEmpty();
    assertThat(SizeWarning.of(reference, large, model)).isEmpty();
    assertThat(SizeWarning.of(control, large, model)).isEmpty();
  }

  @Test
  void generate_sizeFarAboveTheModels_warns() {
    try (TinyPipeline tiny = new TinyPipeline()) {
      PromptSpec spec = TinyPipeline.SPEC.toBuilder().size(200, 64).steps(1).build();
      assertThat(tiny.pipeline().generate(spec).warnings())
          .noneMatch(warning -> warning.contains("is far above"));
      spec = spec.toBuilder().size(200, 104).build();
      assertThat(tiny.pipeline().generate(spec).warnings())
          .anyMatch(warning -> warning.startsWith("200x104 is far above the 128x128"));
    }
  }
}
