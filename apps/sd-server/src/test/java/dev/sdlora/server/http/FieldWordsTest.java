package dev.sdlora.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.json.Fields;
import dev.sdlora.testkit.LibraryMessages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldWordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LoRA 'a' is triggered by 'b', which is not in the prompt; addTriggerWords(true) or --trigger-words adds the first | LoRA 'a' is triggered by 'b', which is not in the prompt; 'add_trigger_words' adds the first
          LoRA 'a' is made for 4 steps and no guidance (scale 1), but the request has 20 steps and guidance scale 7; fewSteps(FewSteps.LCM, 4) or --few-steps lcm:4 sets suitable values | LoRA 'a' is made for 4 steps and no guidance (scale 1), but the request has 20 steps and guidance scale 7; 'few_steps': 'lcm:4' sets suitable values
          'a' is a checkpoint, not a LoRA; open it with Checkpoint.open | 'a' is a checkpoint, not a LoRA; give it to the server with --checkpoint
          'a' is a LoRA; name it in the prompt as <lora:name:1> or open it with LoraAdapter.open | 'a' is a LoRA; name it in the prompt as <lora:name:1> or in 'lora'
          the request has no masks; masks must be given with the request, because an infotext does not contain them | the request has no masks; give masks in 'masks', because an infotext does not contain them
          the request has 7 masks, but RequestLimits.masks allows 5 | the request has 7 masks, but the limit is 5
          cfgScale is 7.0, but this FLUX.1 model is distilled and made for cfgScale 1 | cfg_scale is 7.0, but this FLUX.1 model is distilled and made for cfg_scale 1
          the library dev.sdlora:sd-onnx is missing; add it as a dependency | sd-onnx is missing from this installation; add its jars to its folder 'lib'
          refinerSwitch is 0.5, but the pipeline has no refiner; set one with Pipeline.builder().refiner(checkpoint), or remove the switch | refiner_switch_at is 0.5, but the pipeline has no refiner; set one with --refiner, or remove the switch
          LoRA 'cfgScale' is not in 'loras' | LoRA 'cfgScale' is not in 'loras'
          """)
  void in_sentenceOfTheLibrary_namesFields(String library, String client) {
    assertThat(FieldWords.in(library)).isEqualTo(client);
  }

  @Test
  void words_nameFieldsThatExist() throws IOException {
    Set<String> known = new TreeSet<>(KnownFields.acting());
    known.addAll(Fields.of(Overrides.NONE.toJson()).names());
    String training = LibraryMessages.sources(Path.of("src/main/java/dev/sdlora/server/training"));
    List<String> fields =
        FieldWords.WORDS.replacements().stream()
            .flatMap(text -> Pattern.compile("\\b\\w+_\\w+\\b").matcher(text).results())
            .map(MatchResult::group)
            .distinct()
            .toList();
    assertThat(fields)
        .hasSizeGreaterThan(15)
        .allMatch(field -> known.contains(field) || training.contains('"' + field + '"'));
  }

  @Test
  void in_allMessagesOfTheLibrary_haveNoNamesOfJava() throws IOException {
    LibraryMessages.assertWithoutJava(PromptSpec.Builder.class, FieldWords::in);
  }
}
