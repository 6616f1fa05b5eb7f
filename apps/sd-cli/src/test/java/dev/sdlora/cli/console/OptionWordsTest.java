package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.cli.CommandRun;
import dev.sdlora.testkit.LibraryMessages;
import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionWordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LoRA 'a' is triggered by 'b', which is not in the prompt; addTriggerWords(true) or --trigger-words adds the first | LoRA 'a' is triggered by 'b', which is not in the prompt; --trigger-words adds the first
          'a' is a checkpoint, not a LoRA; open it with Checkpoint.open | 'a' is a checkpoint, not a LoRA; use it with --checkpoint
          the request has 7 masks, but RequestLimits.masks allows 5 | the request has 7 masks, but the limit is 5
          the library dev.sdlora:sd-onnx is missing; add it as a dependency | sd-onnx is missing from this installation; add its jars to its folder 'lib'
          cfgScale is 7.0, but this FLUX.1 model is distilled and made for cfgScale 1 | --cfg is 7.0, but this FLUX.1 model is distilled and made for --cfg 1
          the first pass of hires fix has no effect, because 2 steps at denoisingStrength 1.0 begin with pure noise; use more steps or a smaller denoisingStrength | the first pass of hires fix has no effect, because 2 steps at --hires-strength 1.0 begin with pure noise; use more steps or a smaller denoising strength
          embedding 'x' is not in any folder: there is no embedding directory | embedding 'x' is not in any folder: there is no embedding directory (--embedding-dir)
          refinerSwitch is 0.5, but the pipeline has no refiner; set one with Pipeline.builder().refiner(checkpoint), or remove the switch | --refiner-switch-at is 0.5, but the pipeline has no refiner; set one with --refiner, or remove the switch
          LoRA 'cfgScale' is not in /a/cfgScale.safetensors | LoRA 'cfgScale' is not in /a/cfgScale.safetensors
          """)
  void in_sentenceOfTheLibrary_namesOptions(String library, String terminal) {
    assertThat(OptionWords.in(library)).isEqualTo(terminal);
  }

  @Test
  void words_nameOptionsThatExist() {
    String all = CommandRun.of("completion", "fish").out();
    List<String> options =
        OptionWords.WORDS.replacements().stream()
            .flatMap(text -> Pattern.compile("--[a-z][a-z0-9-]+").matcher(text).results())
            .map(MatchResult::group)
            .distinct()
            .toList();
    assertThat(options)
        .hasSizeGreaterThan(60)
        .allSatisfy(option -> assertThat(all).contains(" -l " + option.substring(2) + " "));
  }

  @Test
  void in_allMessagesOfTheLibrary_haveNoNamesOfJava() throws IOException {
    LibraryMessages.assertWithoutJava(PromptSpec.Builder.class, OptionWords::in);
  }
}
