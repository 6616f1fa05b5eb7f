package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.TinyPipeline;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests samplers with fewer steps than they need. */
@Tag("slow")
class LeastStepsTest {
  @ParameterizedTest
  @CsvSource({"PLMS, 39, true", "DPMPP_2M, 3, false"})
  void generate_fewerSteps_isWarnedOf(Sampler sampler, int steps, boolean warned) {
    PromptSpec spec = TinyPipeline.SPEC.toBuilder().sampler(sampler).steps(steps).build();
    try (TinyPipeline tiny = new TinyPipeline()) {
      List<String> warnings = tiny.pipeline().generate(spec).warnings();
      assertThat(warnings)
          .isEqualTo(
              warned
                  ? List.of(
                      "PLMS gives grainy images with 39 steps; use 40 or more, or another sampler")
                  : List.of());
    }
  }

  @Tag("slow")
  @Test
  void generate_leastSteps_isNotWarnedOf() {
    generate_fewerSteps_isWarnedOf(Sampler.PLMS, 40, false);
  }
}
