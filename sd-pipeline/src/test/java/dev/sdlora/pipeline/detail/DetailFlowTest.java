package dev.sdlora.pipeline.detail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.FixedDetector;
import dev.sdlora.pipeline.TinyFlow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests details of images by FLUX.2 klein and Z-Image. */
class DetailFlowTest {
  private static final FixedDetector BOX = FixedDetector.box(16, 16, 44, 40);

  @ParameterizedTest
  @EnumSource(TinyFlow.class)
  void generate_detail_isPaintedAsByHand(TinyFlow flow) {
    PromptSpec spec = TinyFlow.SPEC.toBuilder().steps(4).build();
    try (Pipeline pipeline = flow.builder().detector(BOX).build()) {
      Image plain = pipeline.generate(spec).first().image();

      PromptSpec dog =
          FixedDetector.pass(spec).toBuilder()
              .noDetailPasses()
              .detailPass(
                  FixedDetector.pass(spec).detailPasses().get(0).toBuilder()
                      .prompt("a dog " + TinyFlow.TAG)
                      .build())
              .build();
      Image detailed = pipeline.generate(dog).first().image();

      PromptSpec own = spec.toBuilder().prompt("a dog " + TinyFlow.TAG).build();
      assertThat(detailed.rgb())
          .isEqualTo(pipeline.generate(BOX.byHand(own, plain)).first().rgb())
          .isNotEqualTo(plain.rgb());
      PromptSpec odd =
          spec.toBuilder()
              .detailPass(DetailPass.builder("box").size(new ImageSize(72, 64)).build())
              .build();
      assertThatThrownBy(() -> pipeline.check(odd))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("detail pass 'box': size is 72x64");
    }
  }
}
