package dev.sdlora.pipeline.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.sampling.FewSteps;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that unusable LoRAs and embeddings are errors, or warnings in lenient requests. */
@Timeout(600)
@Tag("slow")
class LenienceTest {
  private static final String LAYER =
      "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() throws IOException {
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), folder.resolve("ink.safetensors"));
    Files.copy(Fixtures.GOLDENS.resolve("lora_sdxl.safetensors"), folder.resolve("xl.safetensors"));
    Files.writeString(folder.resolve("broken.safetensors"), "not a tensor file");
    lora("sdxl_lightning_4step_lora", LAYER, 32, 0.01f);
    lora("lightning_storm style", LAYER, 32, 0.01f);
    lora("nan", LAYER, 32, Float.NaN);
    lora("infinite", LAYER, 32, Float.POSITIVE_INFINITY);
    lora("stray", "lora_unet_nothing_like_it", 32, 1);
    lora("wide", LAYER, 48, 1);
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(folder)
            .build();
    arrays = pipeline.liveTensors();
  }

  @AfterAll
  static void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
  }

  private static void lora(String name, String layer, int width, float value) {
    float[] values = new float[2 * width];
    Arrays.fill(values, 0.01f);
    values[3] = value;
    new SafetensorsWriter()
        .tensor(layer + ".lora_down.weight", List.of(2L, (long) width), values, DType.F32)
        .tensor(layer + ".lora_up.weight", List.of((long) width, 2L), values, DType.F32)
        .write(folder.resolve(name + ".safetensors"));
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          <lora:inc:1>,      did you mean 'ink'
          <lora:xl:1>,       "is for SDXL, but checkpoint 'tiny-sd1' is SD 1.x"
          <lora:stray:1>,    none of its 1 modules matches checkpoint 'tiny-sd1'
          <lora:wide:1>,     it was probably trained for another model
          <lora:nan:1>,      holds NaN or infinity
          <lora:infinite:1>, holds NaN or infinity
          <lora:broken:1>,   LoRA 'broken' cannot be used
          <lora:ink:strong>, "has the weight 'strong', which is not a number such as 0.8"
          <lora:ink:1:NaN>,  "has the weight 'NaN', which is not a number such as 0.8"
          <lora:ink:1e999>,  "has the weight '1e999', which is too large"
          <lora:ink:lbw=X>,  block weight preset 'X' is unknown
          """)
  void generate_loraThatCannotBeUsed_isAnErrorOrAWarning(String tag, String trouble) {
    byte[] plain = rgb(SPEC);
    byte[] ink = rgb(prompt("a cat<lora:ink:0.8>"));
    PromptSpec strict = prompt("a cat" + tag + "<lora:ink:0.8>");
    for (LoraMode mode : LoraMode.values()) {
      PromptSpec spec = strict.toBuilder().loraMode(mode).build();
      assertThatThrownBy(() -> rgb(spec))
          .isInstanceOf(StableDiffusionException.class)
          .hasMessageContaining(trouble);
      assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    }
    assertThat(rgb(SPEC)).isEqualTo(plain);

    for (LoraMode mode : LoraMode.values()) {
      GenerationResult result =
          pipeline.generate(strict.toBuilder().lenient(true).loraMode(mode).build());
      assertThat(result.warnings())
          .singleElement()
          .asString()
          .contains(trouble)
          .endsWith("; it was skipped");
      assertThat(result.loras()).extracting(LoraReport::name).containsExactly("ink");
      if (mode != LoraMode.OVERLAY) {
        assertThat(result.first().rgb()).isEqualTo(ink);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "inc, UNKNOWN",
    "xl, WRONG_FAMILY",
    "stray, NOTHING_MATCHED",
    "wide, MISFIT",
    "nan, DAMAGED",
    "broken, DAMAGED"
  })
  void generate_loraThatCannotBeUsed_tellsReasonAndNoFolder(
      String name, LoraException.Reason reason) {
    PromptSpec spec = prompt("a cat<lora:" + name + ":1>");
    String server = folder.toAbsolutePath().toString();

    LoraException error = catchThrowableOfType(LoraException.class, () -> rgb(spec));

    assertThat(error.reason()).isEqualTo(reason);
    assertThat(error).hasMessageContaining(name).hasMessageNotContaining(server);
    if (!name.equals("nan")) { // its values are read only when weights are patched
      assertThat(error.name()).contains(name);
    }
    assertThat(pipeline.generate(spec.toBuilder().lenient(true).build()).warnings())
        .singleElement()
        .asString()
        .doesNotContain(server);
  }

  @ParameterizedTest
  @EnumSource(LoraMode.class)
  void generate_damagedLoraByObject_isLeftOutOfLenientRequests(LoraMode mode) {
    LoraAdapter nan = LoraAdapter.open(folder.resolve("nan.safetensors"));
    PromptSpec spec = SPEC.toBuilder().lora(nan).loraMode(mode).build();
    assertThatThrownBy(() -> rgb(spec))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("nan.safetensors")
        .hasMessageContaining(LAYER);
    assertThat(rgb(spec.toBuilder().lenient(true).build())).isEqualTo(rgb(SPEC));
  }

  @Test
  void generate_lenientPipeline_canBeToldToBeStrict() {
    try (Pipeline lenient =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(folder)
            .lenient(true)
            .build()) {
      PromptSpec spec = prompt("a cat<lora:inc:1>");
      assertThat(lenient.generate(spec).warnings()).hasSize(1);
      PromptSpec strict = spec.toBuilder().lenient(false).build();
      assertThatThrownBy(() -> lenient.generate(strict)).isInstanceOf(LoraException.class);
    }
  }

  @Test
  void generate_unknownHypernetwork_isAWarning() {
    PromptSpec spec = prompt("a cat<hypernet:x:1>").toBuilder().lenient(true).build();
    assertThat(pipeline.generate(spec).warnings())
        .containsExactly(
            "hypernetwork 'x' is not in any folder: there is no hypernetwork directory; it was"
                + " skipped");
  }

  @Test
  void generate_loraOfFewSteps_warnsWhereStepsOrGuidanceDoNotSuit() {
    PromptSpec spec = prompt("<lora:sdxl_lightning_4step_lora:1>");
    assertThat(pipeline.generate(spec.toBuilder().steps(10).build()).warnings())
        .containsExactly(
            "LoRA 'sdxl_lightning_4step_lora' is made for 4 steps and no guidance (scale 1), but"
                + " the request has 10 steps and guidance scale 7; fewSteps(FewSteps.LIGHTNING, 4)"
                + " or --few-steps lightning:4 sets suitable values");
    PromptSpec suited = spec.toBuilder().fewSteps(FewSteps.LIGHTNING, 4).build();
    GenerationResult result = pipeline.generate(suited);
    assertThat(result.warnings()).isEmpty();
    assertThat(result.first().infotext())
        .contains("Steps: 4, Sampler: Euler, Schedule type: Trailing, CFG scale: 1,");
    assertThat(pipeline.generate(prompt("<lora:lightning_storm style:1>")).warnings()).isEmpty();
  }

  /** The infotext records the settings made by the option, so that the image can be reproduced. */
  @ParameterizedTest
  @EnumSource
  void generate_everyFewStepMethod_isRepeatedFromItsText(FewSteps method) {
    PromptSpec spec = SPEC.toBuilder().fewSteps(method).build();
    GeneratedImage drawn = pipeline.generate(spec).first();
    PromptSpec read = PromptSpec.fromInfotext(drawn.infotext());
    assertThat(read.sampler()).isEqualTo(spec.sampler());
    assertThat(read.samplerOptions()).isEqualTo(spec.samplerOptions());
    assertThat(pipeline.generate(read).first().rgb()).isEqualTo(drawn.rgb());
  }

  @Test
  void generate_sameNameWithTwoStrengths_addsThemAndSaysSo() {
    assertThat(pipeline.generate(prompt("<lora:ink:0.5><lora:ink:0.3>")).warnings())
        .singleElement()
        .asString()
        .contains("'ink' is requested more than once");
    assertThat(pipeline.generate(prompt("<lora:ink:0.5>")).warnings()).isEmpty();
  }
}
