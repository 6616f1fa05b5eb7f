package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests few steps on an SDXL model with v-prediction that starts from pure noise ("zero terminal
 * SNR").
 */
class TrailingOnFamiliesTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt("a cat")
          .size(64, 64)
          .steps(4)
          .cfgScale(4)
          .seed(5)
          .schedule(Schedule.TRAILING)
          .build();

  @TempDir private static Path folder;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    Path file =
        FamilyFiles.withWholeVocabulary(
            FamilyFiles.checkpoint("sdxl-v", folder), folder.resolve("whole.safetensors"));
    pipeline = Fixtures.float32().checkpoint(Checkpoint.open(file)).build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  /**
   * Above a noise level of 4519, noise of that level is equivalent to unit noise in the model's
   * parameterization.
   */
  @Test
  void generate_eulerAndDdim_areTheSameWay() {
    byte[] euler = rgb(SPEC.toBuilder().sampler(Sampler.EULER).build());
    byte[] ddim = rgb(SPEC.toBuilder().sampler(Sampler.DDIM).build());

    assertThat(euler).isNotEqualTo(rgb(SPEC.toBuilder().sampler(Sampler.EULER).seed(6).build()));
    for (int i = 0; i < euler.length; i++) {
      assertThat(Math.abs((euler[i] & 0xff) - (ddim[i] & 0xff))).isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void generate_everyFewStepMethod_draws(FewSteps method) {
    GenerationResult drawn = pipeline.generate(SPEC.toBuilder().fewSteps(method).build());

    assertThat(drawn.warnings()).isEmpty();
    byte[] levels = drawn.first().rgb();
    assertThat(levels).isNotEqualTo(new byte[levels.length]);
  }
}
