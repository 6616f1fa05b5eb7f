package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Draws with products in 8-bit integers. */
class IntegerPrecisionTest {
  /** The peak signal-to-noise ratio that images have at least, in decibels. */
  private static final double LEAST_RATIO = 30;

  private static final PromptSpec SPEC = TinyPipeline.SPEC.toBuilder().negativePrompt("").build();

  @BeforeEach
  void requireIntegers() {
    assumeTrue(
        DeviceInfo.of("cpu").packed().contains(Precision.INT8),
        "needs a processor that multiplies 8-bit integers");
  }

  /** All layers of the small Z-Image are too small for integers. */
  static Stream<Path> checkpoints() {
    return Stream.of(Fixtures.CHECKPOINT, TinyTransformers.klein());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void generate_isNearFloat32AndSaysSo(Path checkpoint) {
    PromptSpec spec = checkpoint.equals(Fixtures.CHECKPOINT) ? SPEC : TinyFlow.SPEC;
    GenerationResult exact = draw(checkpoint, Precision.FLOAT32, spec);
    GenerationResult rounded = draw(checkpoint, Precision.INT8, spec);
    assertThat(rounded.precision()).isEqualTo(Precision.INT8);
    assertThat(rounded.first().infotext()).contains("Precision: int8");
    assertThat(ratio(rounded, exact)).isGreaterThan(LEAST_RATIO);
    assertThat(rounded.first().rgb()).isNotEqualTo(exact.first().rgb());
  }

  /** A LoRA is as strong in both modes, and taking it off restores the integers. */
  @Test
  void generate_withALora_isOverlaidUnlessPatchingIsAskedFor() {
    PromptSpec with = SPEC.toBuilder().prompt("a cat <lora:tiny_lora:1>").build();
    GenerationResult exact = draw(Fixtures.CHECKPOINT, Precision.FLOAT32, with);
    try (Pipeline pipeline = open(Fixtures.CHECKPOINT, Precision.INT8)) {
      GenerationResult without = pipeline.generate(SPEC);
      GenerationResult overlaid = pipeline.generate(with);
      assertThat(overlaid.loras().get(0).mode()).isEqualTo(LoraMode.OVERLAY);
      assertThat(ratio(overlaid, exact)).isGreaterThan(LEAST_RATIO);
      PromptSpec patching = with.toBuilder().loraMode(LoraMode.PATCHED).build();
      GenerationResult patched = pipeline.generate(patching);
      assertThat(patched.loras().get(0).mode()).isEqualTo(LoraMode.PATCHED);
      assertThat(ratio(patched, exact)).isGreaterThan(LEAST_RATIO);
      assertThat(pipeline.generate(SPEC).first().rgb()).isEqualTo(without.first().rgb());
    }
  }

  @Tag("slow")
  @Test
  void generate_aTransformerWithALora_isNearFloat32() {
    TinyFlow flow = TinyFlow.KLEIN;
    PromptSpec with = TinyFlow.prompt("a cat " + TinyFlow.TAG);
    try (Pipeline exact = flow.builder().build();
        Pipeline rounded = flow.builder().precision(Precision.INT8).build()) {
      GenerationResult expected = exact.generate(with);
      GenerationResult actual = rounded.generate(with);
      assertThat(actual.loras().get(0).mode()).isEqualTo(LoraMode.OVERLAY);
      assertThat(ratio(actual, expected)).isGreaterThan(LEAST_RATIO);
      assertThat(ratio(actual, expected))
          .isGreaterThan(ratio(rounded.generate(TinyFlow.SPEC), expected));
    }
  }

  private static Pipeline open(Path checkpoint, Precision precision) {
    return Pipeline.builder()
        .checkpoint(Checkpoint.open(checkpoint))
        .loraDirectory(Fixtures.LORAS)
        .precision(precision)
        .build();
  }

  private static GenerationResult draw(Path checkpoint, Precision precision, PromptSpec spec) {
    try (Pipeline pipeline = open(checkpoint, precision)) {
      return pipeline.generate(spec);
    }
  }

  private static double ratio(GenerationResult some, GenerationResult others) {
    byte[] a = some.first().rgb();
    byte[] b = others.first().rgb();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (a[i] & 0xff) - (b[i] & 0xff);
      sum += difference * difference;
    }
    return 10 * Math.log10(255.0 * 255 * a.length / sum);
  }
}
