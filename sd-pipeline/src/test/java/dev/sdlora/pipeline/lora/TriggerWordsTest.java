package dev.sdlora.pipeline.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.pipeline.FixedDetector;
import dev.sdlora.pipeline.Fixtures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the warning about missing trigger words, and adding them on request. */
@Timeout(600)
class TriggerWordsTest {
  private static final String MISSING =
      "LoRA 'ink' is triggered by 'Mox style, <lora:ink:1> night', which is not in the prompt, nor"
          + " are the trigger words of other styles in the same file: 'moxday, sun';"
          + " addTriggerWords(true) or --trigger-words adds the first";

  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Path ink;
  private static Pipeline pipeline;

  @BeforeAll
  static void open() throws IOException {
    ink = folder.resolve("ink.safetensors");
    Files.copy(Fixtures.LORAS.resolve("tiny_lora.safetensors"), ink);
    Files.copy(ink, folder.resolve("plain.safetensors"));
    Files.writeString(
        folder.resolve("ink.json"),
        """
        {"activation text": "Mox style, <lora:ink:1> night", "preferred weight": 0.7,
         "negative text": "gaudy"}\
        """);
    Files.writeString(
        folder.resolve("ink.civitai.info"),
        """
        {"trainedWords": ["mox style", "moxday, sun"]}\
        """);
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(folder)
            .detector(new FixedDetector("nothing", List.of()))
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  private static List<String> warnings(PromptSpec spec) {
    return pipeline.generate(spec).warnings();
  }

  @Test
  void generate_noTriggerWord_namesThemAndThoseOfOtherStyles() {
    assertThat(warnings(prompt("a cat <lora:ink:0.8>"))).containsExactly(MISSING);
    assertThat(warnings(SPEC.toBuilder().lora(LoraAdapter.open(ink)).build()))
        .containsExactly(MISSING);
    PromptSpec hires =
        prompt("a mox style <lora:ink:0.8>").toBuilder()
            .hiresFix(HiresFix.builder().scale(1.5).prompt("a cat <lora:ink:0.8>").build())
            .build();
    assertThat(warnings(hires)).containsExactly(MISSING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a (MOX  style:1.2) <lora:ink:0.8>",
        "a moxday <lora:ink:0.8>",
        "[a:mox style:0.5] <lora:ink:0.8>",
        "a cat <lora:ink:0>",
        "a cat <lora:ink:-1>",
        "a cat <lora:plain:1>"
      })
  void generate_wordOfAnyStyleOrNoNeedForOne_isNoWarning(String prompt) {
    assertThat(warnings(prompt(prompt)).stream().filter(text -> text.contains("is triggered by")))
        .isEmpty();
  }

  @Test
  void generate_loraOfTheNegativePrompt_isCalledUpByEither() {
    PromptSpec spec = SPEC.toBuilder().negativePrompt("mox style <lora:ink:1>").build();
    assertThat(warnings(spec)).noneMatch(text -> text.contains("is triggered by"));
    assertThat(warnings(spec.toBuilder().negativePrompt("<lora:ink:1>").build())).contains(MISSING);
  }

  @Test
  void explain_withLoras_warnsOfWordsAndNames() {
    PromptExplanation.Options options =
        new PromptExplanation.Options(
            2,
            OptionalInt.empty(),
            false,
            List.of(),
            PromptLimits.DEFAULTS,
            Optional.of(LoraLibrary.open(folder)),
            List.of());
    assertThat(
            PromptExplanation.of("a cat <lora:ink:0.8> <lora:inc:1> <plain:1>", options).warnings())
        .satisfiesExactly(
            meant -> assertThat(meant).endsWith("did you mean <lora:plain:1>?"),
            missing -> assertThat(missing).isEqualTo(MISSING),
            unknown -> assertThat(unknown).contains("'inc' is not in", "did you mean 'ink'?"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a cat <lora:ink>           ! a cat <lora:ink:0.7> Mox style, night           ! (gaudy:1)
          a <lora:ink>, mox style    ! a <lora:ink:0.7>, mox style                      ! (gaudy:1)
          a <lora:plain>             ! a <lora:plain>                                   ! ''
          a cat                      ! a cat                                            ! ''
          """)
  void generate_addTriggerWords_picturesTellWhatWasPutIn(
      String prompt, String advised, String negative) {
    PromptSpec spec = prompt(prompt).toBuilder().addTriggerWords(true).build();
    GenerationResult result = pipeline.generate(spec);
    PromptSpec read = PromptSpec.fromImage(new ByteArrayInputStream(result.first().png()));

    assertThat(read.prompt()).isEqualTo(advised);
    assertThat(read.negativePrompt()).isEqualTo(negative);
    assertThat(read.addTriggerWords()).isFalse();
    assertThat(result.warnings()).noneMatch(text -> text.contains("is triggered by"));
    GeneratedImage again = pipeline.generate(read).first();
    assertThat(again.rgb()).isEqualTo(result.first().rgb());
    assertThat(again.infotext()).isEqualTo(result.first().infotext());
    GeneratedImage twice =
        pipeline.generate(read.toBuilder().addTriggerWords(true).build()).first();
    assertThat(twice.infotext()).isEqualTo(result.first().infotext());
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a cat <lora:ink:0.5>       ! a cat <lora:ink:0.5> Mox style, night           ! (gaudy:1)
          <lora:ink>a cat            ! <lora:ink:0.7> Mox style, night, a cat          ! (gaudy:1)
          <lora:ink:lbw=INS> in snow ! <lora:ink:0.7:lbw=INS> Mox style, night, in snow! (gaudy:1)
          <lora:ink> AND b           ! <lora:ink:0.7> Mox style, night, AND b          ! (gaudy:1)
          a (b <lora:ink>:1.2)       ! a (b <lora:ink:0.7> Mox style, night:1.2)       ! (gaudy:1)
          a <lora:ink> <lyco:ink>    ! a <lora:ink:0.7> Mox style, night <lyco:ink:0.7>! (gaudy:1)
          a <lora:ink:0>             ! a <lora:ink:0>                                   ! ''
          """)
  void generate_addTriggerWordsInOtherPlaces_picturesTellWhatWasPutIn(
      String prompt, String advised, String negative) {
    generate_addTriggerWords_picturesTellWhatWasPutIn(prompt, advised, negative);
  }

  @Test
  void generate_addTriggerWords_reachObjectsStylesAndHiresFix() {
    LoraAdapter lora = LoraAdapter.open(ink);
    PromptSpec byObject =
        SPEC.toBuilder().negativePrompt("blurry").lora(lora).addTriggerWords(true).build();
    assertThat(pipeline.generate(byObject).first().infotext())
        .startsWith(
            "a cat Mox style, night <lora:ink:0.7>\nNegative prompt: blurry (gaudy:1)\nSteps");
    PromptSpec stronger = byObject.toBuilder().noLoras().lora(lora.withStrength(0.4)).build();
    assertThat(pipeline.generate(stronger).first().infotext()).contains("<lora:ink:0.4>\n");

    PromptSpec styled =
        SPEC.toBuilder()
            .promptOptions(
                PromptOptions.DEFAULTS.withStyles(
                    List.of(new Style("s", "{prompt}, <lora:ink>", "Gaudy things"))))
            .hiresFix(HiresFix.builder().scale(1.5).prompt("a dog").build())
            .addTriggerWords(true)
            .build();
    PromptSpec read = PromptSpec.fromInfotext(pipeline.generate(styled).first().infotext());
    assertThat(read.prompt()).isEqualTo("a cat, <lora:ink:0.7> Mox style, night");
    assertThat(read.negativePrompt()).isEqualTo("Gaudy things");
    assertThat(read.hiresFix().orElseThrow().prompt())
        .contains("a dog, <lora:ink:0.7> Mox style, night");
  }

  @Test
  void generate_addTriggerWords_reachDetails() {
    PromptSpec spec =
        SPEC.toBuilder()
            .negativePrompt("blurry")
            .detailPass(
                DetailPass.builder("nothing")
                    .prompt("[PROMPT] [SEP] a dog <lora:ink> [SEP] [PROMPT] <lora:ink:0.5>[SEP]")
                    .build())
            .addTriggerWords(true)
            .build();

    PromptSpec read = PromptSpec.fromInfotext(pipeline.generate(spec).first().infotext());

    assertThat(read.prompt()).isEqualTo("a cat");
    DetailPass pass = read.detailPasses().get(0);
    assertThat(pass.prompt())
        .isEqualTo(
            "[PROMPT] [SEP] a dog <lora:ink:0.7> Mox style, night [SEP] [PROMPT] <lora:ink:0.5> Mox style, night [SEP] "
                .strip());
    assertThat(pass.negativePrompt())
        .isEqualTo("[SEP] blurry (gaudy:1) [SEP] blurry (gaudy:1) [SEP]");
  }

  @Test
  void generate_addTriggerWords_mistakesAreToldAsEver() {
    PromptSpec bad = prompt("a <lora:ink:strong>").toBuilder().addTriggerWords(true).build();
    assertThatThrownBy(() -> pipeline.generate(bad)).isInstanceOf(PromptSyntaxException.class);
    PromptSpec unknown = prompt("a <lora:inc>").toBuilder().addTriggerWords(true).build();
    assertThatThrownBy(() -> pipeline.generate(unknown)).hasMessageContaining("did you mean 'ink'");
  }

  @Test
  void tag_isWhatAClickOnTheCardWrites() {
    LoraAdapter lora = LoraAdapter.open(ink);
    assertThat(lora.preferredWeight()).hasValue(0.7);
    assertThat(lora.tag()).isEqualTo("<lora:ink:0.7> Mox style, night");
    assertThat(lora.negativeText()).hasValue("(gaudy:1)");
    assertThat(lora.withStrength(0.5).tag()).startsWith("<lora:ink:0.5> ");
    LoraAdapter plain = LoraAdapter.open(folder.resolve("plain.safetensors"));
    assertThat(plain.tag()).isEqualTo("<lora:plain:1>");
    assertThat(plain.negativeText()).isEmpty();
    assertThat(warnings(prompt("a cat " + lora.tag()))).isEmpty();
    assertThat(lora.tag("a cat " + lora.tag())).isEqualTo("<lora:ink:0.7>");
    assertThat(lora.negativeText("blurry, (gaudy:1)")).isEmpty();
  }
}
