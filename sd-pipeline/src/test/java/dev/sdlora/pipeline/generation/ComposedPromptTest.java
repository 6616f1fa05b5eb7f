package dev.sdlora.pipeline.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.pipeline.Fixtures;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the prompt language and guidance options from request to image. */
@Timeout(600)
class ComposedPromptTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt("a cat")
          .negativePrompt("ugly")
          .size(64, 64)
          .steps(4)
          .sampler(Sampler.EULER)
          .seed(5)
          .build();

  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() {
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .build();
    arrays = pipeline.liveTensors();
  }

  @AfterEach
  void countArrays() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  private static byte[] rgb(String prompt) {
    return rgb(SPEC.toBuilder().prompt(prompt).build());
  }

  private static byte[] rgb(PromptOptions options, String prompt) {
    return rgb(SPEC.toBuilder().prompt(prompt).promptOptions(options).build());
  }

  /** A different order of summation may change a grey level by 1. */
  private static void assertNearlyEqual(byte[] actual, byte[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i] & 0xff).isCloseTo(expected[i] & 0xff, within(1));
    }
  }

  @Test
  void generate_halvesOfOnePrompt_makeItWhole() {
    assertNearlyEqual(rgb("a cat :0.5 AND a cat :0.5"), rgb("a cat"));
    assertNearlyEqual(rgb("a cat AND a dog :0.3 AND a dog :-0.3"), rgb("a cat"));
  }

  @Test
  void generate_and_joinsPrompts() {
    byte[] both = rgb("a cat AND a dog");
    assertThat(both).isNotEqualTo(rgb("a cat")).isNotEqualTo(rgb("a dog"));
    assertNearlyEqual(both, rgb("a dog AND a cat"));
    assertThat(rgb("a cat AND a dog :-0.5")).isNotEqualTo(both).isNotEqualTo(rgb("a cat"));
  }

  /** Four steps have one model call each; steps of second-order samplers count twice. */
  @ParameterizedTest
  @CsvSource({
    "EULER, [a cat:a dog:4], true",
    "EULER, [a cat:a dog:2], false",
    "EULER, [a cat:a dog:0.99], true",
    "HEUN, [a cat:a dog:5], false",
    "HEUN, [a cat:a dog:6], true"
  })
  void generate_edit_actsFromTheCallAfterItsStep(Sampler sampler, String prompt, boolean never) {
    PromptSpec plain = SPEC.toBuilder().sampler(sampler).build();
    byte[] edited = rgb(plain.toBuilder().prompt(prompt).build());
    assertThat(Arrays.equals(edited, rgb(plain))).isEqualTo(never);
    assertThat(edited).isNotEqualTo(rgb(plain.toBuilder().prompt("a dog").build()));
  }

  @Test
  void generate_alternation_isNeitherOption() {
    byte[] alternating = rgb("[a cat|a dog]");
    assertThat(alternating).isNotEqualTo(rgb("a cat")).isNotEqualTo(rgb("a dog"));
    assertThat(alternating).isNotEqualTo(rgb("[a dog|a cat]"));
  }

  @Test
  void generate_editedNegativePrompt_acts() {
    PromptSpec edited = SPEC.toBuilder().negativePrompt("[ugly:bad:1]").build();
    assertThat(rgb(edited)).isNotEqualTo(rgb(SPEC));
  }

  @Test
  void generate_secondImage_startsItsPromptAnew() {
    PromptSpec two = SPEC.toBuilder().prompt("[a cat:a dog:1]").images(2).build();
    byte[] second = pipeline.generate(two).images().get(1).rgb();
    assertThat(second).isEqualTo(rgb(two.toBuilder().images(1).seed(6).build()));
  }

  @Test
  void generate_emphasisModes_differ() {
    String prompt = "a (cat:1.6)";
    List<byte[]> pictures =
        List.of(Emphasis.values()).stream()
            .map(mode -> rgb(PromptOptions.DEFAULTS.withEmphasis(mode), prompt))
            .toList();
    assertThat(pictures).doesNotHaveDuplicates();
    assertThat(rgb(PromptOptions.DEFAULTS.withEmphasis(Emphasis.IGNORE), prompt))
        .isEqualTo(rgb("a cat"));
  }

  @Test
  void generate_paddedConds_changeOnlyUnequalLengths() {
    PromptOptions padded = PromptOptions.DEFAULTS.withPadConds(true);
    String longPrompt = "a cat, ".repeat(40);
    assertThat(rgb(padded, "a cat")).isEqualTo(rgb("a cat"));
    assertThat(rgb(padded, longPrompt)).isNotEqualTo(rgb(longPrompt));
  }

  @Test
  void generate_guidanceOptions_act() {
    byte[] plain = rgb(SPEC);
    SamplerOptions skips = SamplerOptions.builder().skipUncondBelowSigma(100).build();
    SamplerOptions never = SamplerOptions.builder().skipUncondBelowSigma(0.001).build();
    SamplerOptions rescaled = SamplerOptions.builder().cfgRescale(0.7).build();
    assertThat(rgb(SPEC.toBuilder().samplerOptions(skips).build())).isNotEqualTo(plain);
    assertThat(rgb(SPEC.toBuilder().samplerOptions(never).build())).isEqualTo(plain);
    assertThat(rgb(SPEC.toBuilder().samplerOptions(rescaled).build())).isNotEqualTo(plain);
  }

  /**
   * Encoded prompts are cached; a LoRA on the text encoder must not use states cached without it.
   */
  @Tag("slow")
  @ParameterizedTest
  @EnumSource(
      value = LoraMode.class,
      names = {"PATCHED", "OVERLAY"})
  void generate_lorasComeAndGo_neverUseStatesOfOthers(LoraMode mode) {
    PromptSpec plain = SPEC.toBuilder().loraMode(mode).build();
    PromptSpec textOnly = plain.toBuilder().prompt("a cat<lora:tiny_lora:1:0>").build();
    PromptSpec weaker = plain.toBuilder().prompt("a cat<lora:tiny_lora:0.5:0>").build();
    try (Pipeline fresh =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .build()) {
      byte[] strong = fresh.generate(textOnly).first().rgb();
      byte[] none = rgb(plain);
      assertThat(rgb(textOnly)).isEqualTo(strong).isNotEqualTo(none);
      assertThat(fresh.generate(plain).first().rgb()).isEqualTo(none);
      assertThat(rgb(weaker)).isNotEqualTo(strong).isNotEqualTo(none);
      assertThat(rgb(textOnly)).isEqualTo(strong);
      assertThat(rgb(plain)).isEqualTo(none);
    }
  }

  @Tag("slow")
  @Test
  void generate_lorasOfModeAutoComeAndGo_neverUseStatesOfOthers() {
    generate_lorasComeAndGo_neverUseStatesOfOthers(LoraMode.AUTO);
  }
}
