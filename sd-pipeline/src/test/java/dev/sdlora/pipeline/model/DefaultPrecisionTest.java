package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.tensors.natives.Processor;
import org.junit.jupiter.api.Test;

/** Tests the default precision of a pipeline, on processors with and without bfloat16. */
class DefaultPrecisionTest {
  private static final Precision HERE =
      Processor.hasBfloat16() ? Precision.BFLOAT16 : Precision.FLOAT32;
  private static final PromptSpec SPEC = TinyPipeline.SPEC.toBuilder().steps(2).build();

  private static Pipeline open(Pipeline.Builder builder) {
    return builder.checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build();
  }

  @Test
  void generate_withoutPrecision_isThatOfTheProcessorAndSaysSo() {
    GenerationResult named;
    try (Pipeline pipeline = open(Pipeline.builder().precision(HERE))) {
      named = pipeline.generate(SPEC);
    }
    try (Pipeline pipeline = open(Pipeline.builder())) {
      GenerationResult result = pipeline.generate(SPEC);
      assertThat(pipeline.precision()).isEqualTo(HERE);
      assertThat(result.precision()).isEqualTo(HERE);
      assertThat(result.first().rgb()).isEqualTo(named.first().rgb());
      assertThat(result.first().infotext().contains("Precision: bfloat16"))
          .isEqualTo(HERE == Precision.BFLOAT16);
    }
  }

  /** For example, for a server that needs the same bytes on every machine. */
  @Test
  void generate_float32_isInTheResultAndNotInTheText() {
    try (Pipeline pipeline = open(Fixtures.float32())) {
      GenerationResult result = pipeline.generate(SPEC);
      assertThat(result.precision()).isEqualTo(Precision.FLOAT32);
      assertThat(result.first().infotext()).doesNotContain("Precision");
    }
  }

  @Test
  void deviceInfo_cpu_tellsTheChoiceAndWhy() {
    DeviceInfo info = DeviceInfo.of("CPU");
    assertThat(info.device()).isEqualTo("cpu");
    assertThat(info.automatic()).isEqualTo(HERE);
    assertThat(info.instructions()).isEqualTo(Processor.instructions());
    assertThat(info.reason())
        .startsWith(
            HERE == Precision.BFLOAT16 ? "the processor has a" : "the system lists neither");
    assertThat(info.threads()).isPositive();
    assertThat(info.availableBytes()).isPositive().isLessThanOrEqualTo(info.totalBytes());
    assertThat(info.packed()).isSorted().doesNotContain(Precision.AUTO, Precision.FLOAT16);
  }

  @Test
  void deviceInfo_unknownDevices_areRefused() {
    assertThatThrownBy(() -> DeviceInfo.of("tpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'tpu'");
    assertThatThrownBy(() -> DeviceInfo.of("gpu:99"))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("there is no GPU 99: libtorch");
  }
}
