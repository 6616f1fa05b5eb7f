package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.lora.StrengthSchedule.Point;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.request.PassPlan;
import dev.sdlora.pipeline.request.RequestPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests strengths that follow the noise level, and strengths of the hires pass. */
@Tag("slow")
class LoraCurvesTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(4).seed(5).build();

  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static PromptSpec spec(LoraMode mode, String prompt) {
    return SPEC.toBuilder().prompt(prompt).loraMode(mode).build();
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static PromptSpec withObject(PromptSpec spec, LoraStrength strength) {
    return spec.toBuilder()
        .prompt("a cat")
        .lora(pipeline.loras().find("tiny_lora").withStrength(strength))
        .build();
  }

  private static long plannedSets(PromptSpec spec) {
    return RequestPlan.resolve(TinyPipeline.model(pipeline), spec).parts().stream()
        .flatMap(part -> part.allPasses().stream())
        .map(PassPlan::loras)
        .distinct()
        .count();
  }

  @Test
  void loras_ofSeveralImagesAndPasses_arePlannedOnce() {
    PromptSpec spec =
        SPEC.toBuilder()
            .prompt("a cat <lora:tiny_lora:0.5>")
            .images(3)
            .hiresFix(HiresFix.builder().scale(2).build())
            .build();

    assertThat(plannedSets(spec)).isOne();
    assertThat(plannedSets(spec.toBuilder().prompt("a cat <lora:tiny_lora:0.5:hr=1>").build()))
        .isEqualTo(2);
  }

  /** Returns the noise levels at the start of each step. */
  private static List<Double> sigmas(PromptSpec spec) {
    List<Double> sigmas = new ArrayList<>();
    pipeline.generate(
        spec,
        new GenerationListener() {
          @Override
          public void stepStart(Step step) {
            sigmas.add(step.sigma());
          }
        });
    return sigmas;
  }

  @ParameterizedTest
  @EnumSource(
      value = LoraMode.class,
      names = {"PATCHED", "OVERLAY"})
  void generate_jumpAtANoiseLevel_isThatBetweenItsSteps(LoraMode mode) {
    List<Double> sigmas = sigmas(SPEC);
    double between = Math.sqrt(sigmas.get(1) * sigmas.get(2));
    PromptSpec byStep = spec(mode, "a cat<lora:tiny_lora:0.8@0,0.8@0.5,0@0.5>");
    PromptSpec bySigma =
        spec(mode, "a cat<lora:tiny_lora:0.8@sigma%s,0@sigma%s>".formatted(between, between));
    byte[] expected = rgb(byStep);

    GeneratedImage drawn = pipeline.generate(bySigma).first();

    assertThat(drawn.rgb()).isEqualTo(expected);
    assertThat(expected).isNotEqualTo(rgb(spec(mode, "a cat<lora:tiny_lora:0.8>")));
    assertThat(expected).isNotEqualTo(rgb(spec(mode, "a cat<lora:tiny_lora:0.8:0>")));
    StrengthSchedule schedule =
        StrengthSchedule.of(Point.atSigma(between, 0.8), Point.atSigma(between, 0));
    PromptSpec byObject = withObject(bySigma, LoraStrength.of(0.8).withUnet(schedule));
    assertThat(rgb(byObject)).isEqualTo(expected);
    assertThat(rgb(PromptSpec.fromInfotext(drawn.infotext()))).isEqualTo(expected);
    String parameters = pipeline.generate(byObject).first().infotext();
    assertThat(rgb(PromptSpec.fromInfotext(parameters))).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = LoraMode.class,
      names = {"PATCHED", "OVERLAY"})
  void generate_samplerOfSecondOrder_asksAtTheLevelOfEachCall(LoraMode mode) {
    PromptSpec heun = spec(mode, "a cat").toBuilder().sampler(Sampler.HEUN).steps(3).build();
    List<Double> sigmas = sigmas(heun);
    // The second call of the first step uses the noise level of the second step.
    double between = Math.sqrt(sigmas.get(0) * sigmas.get(1));
    String jump = "a cat<lora:tiny_lora:0.8@sigma%s,0@sigma%s>".formatted(between, between);
    byte[] drawn = rgb(heun.toBuilder().prompt(jump).build());

    String firstStep = "a cat<lora:tiny_lora:0.8@0,0.8@0.2,0@0.2>";
    assertThat(drawn).isNotEqualTo(rgb(heun.toBuilder().prompt(firstStep).build()));
    assertThat(drawn)
        .isNotEqualTo(rgb(heun.toBuilder().prompt("a cat<lora:tiny_lora:0.8:0>").build()));
    // A jump after both calls is equivalent to a jump between the steps.
    double later = sigmas.get(1) * 0.999;
    String afterBoth = "a cat<lora:tiny_lora:0.8@sigma%s,0@sigma%s>".formatted(later, later);
    assertThat(rgb(heun.toBuilder().prompt(afterBoth).build())).isNotEqualTo(drawn);
  }

  private static PromptSpec withHires(PromptSpec spec, String... prompt) {
    HiresFix.Builder hires =
        HiresFix.builder().upscaler(Upscaler.LATENT).scale(1.5).steps(2).denoisingStrength(0.7);
    if (prompt.length > 0) {
      hires.prompt(prompt[0]);
    }
    return spec.toBuilder().steps(2).hiresFix(hires.build()).build();
  }

  @ParameterizedTest
  @EnumSource(
      value = LoraMode.class,
      names = {"PATCHED", "OVERLAY"})
  void generate_hiresStrength_isThatOfAHiresPromptOfItsOwn(LoraMode mode) {
    byte[] expected = rgb(withHires(spec(mode, "a cat"), "a cat<lora:tiny_lora:0.8>"));
    byte[] inBoth = rgb(withHires(spec(mode, "a cat<lora:tiny_lora:0.8>")));
    byte[] inFirst = rgb(withHires(spec(mode, "a cat<lora:tiny_lora:0.8>"), "a cat"));

    PromptSpec tagged = withHires(spec(mode, "a cat<lora:tiny_lora:0:hr=0.8>"));
    GenerationResult result = pipeline.generate(tagged);

    assertThat(result.first().rgb()).isEqualTo(expected).isNotEqualTo(inBoth).isNotEqualTo(inFirst);
    assertThat(result.warnings()).isEmpty();
    assertThat(rgb(PromptSpec.fromInfotext(result.first().infotext()))).isEqualTo(expected);
    PromptSpec byObject = withObject(tagged, LoraStrength.of(0).withHires(0.8));
    GeneratedImage drawn = pipeline.generate(byObject).first();
    assertThat(drawn.rgb()).isEqualTo(expected);
    assertThat(drawn.infotext()).contains("<lora:tiny_lora:0:hr=0.8>");
    assertThat(rgb(PromptSpec.fromInfotext(drawn.infotext()))).isEqualTo(expected);
    assertThat(rgb(withHires(spec(mode, "a cat<lora:tiny_lora:0.8:hr=0>")))).isEqualTo(inFirst);
  }

  @Test
  void generate_hiresScheduleByNoiseLevel_isThatOfAHiresPrompt() {
    String fading = "1@sigma5,0@sigma0.5";
    LoraMode mode = LoraMode.OVERLAY;
    byte[] expected =
        rgb(
            withHires(
                spec(mode, "a cat<lora:tiny_lora:0.5>"),
                "a cat<lora:tiny_lora:0.5:" + fading + ">"));

    byte[] drawn = rgb(withHires(spec(mode, "a cat<lora:tiny_lora:0.5:hrunet=" + fading + ">")));

    assertThat(drawn).isEqualTo(expected);
    assertThat(drawn).isNotEqualTo(rgb(withHires(spec(mode, "a cat<lora:tiny_lora:0.5>"))));
  }

  @Test
  void generate_hiresStrengthWithoutHires_isWarnedOf() {
    GenerationResult result =
        pipeline.generate(SPEC.toBuilder().prompt("a cat<lora:tiny_lora:0:hr=1>").build());

    assertThat(result.warnings())
        .containsExactly(
            "LoRA 'tiny_lora' has a strength for the hires pass, but this request has no hires"
                + " pass");
    assertThat(result.first().rgb()).isEqualTo(rgb(SPEC));
  }
}
