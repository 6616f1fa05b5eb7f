package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSyntaxException;
import dev.sdlora.prompt.schedule.SchedulePass;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MistakesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a (b:1.2.3)   ! 2 ! '(' at character 2 has a weight that is no number
          a (b          ! 2 ! '(' at character 2 is never closed
          a b)          ! 3 ! ')' at character 3 has no partner
          (a [b) c]     ! 3 ! '[' at character 3 has no partner
          [a:b:c]       ! 0 ! '[' at character 0 begins no prompt editing
          a | b         ! 2 ! '|' at character 2 stands outside of an alternation
          a <lora:b     ! 2 ! the tag '<lora:' at character 2 is not closed
          a <foo:b>     ! 2 ! the tag <foo:b> at character 2 is of no known kind
          a <lora:b:c>  ! 2 ! the tag <lora:b:c> at character 2 has the weight 'c'
          """)
  void parseStrictly_mistake_isShownWithACaret(String prompt, int offset, String message) {
    assertThatThrownBy(() -> Mistakes.parseStrictly(prompt))
        .isInstanceOfSatisfying(
            PromptSyntaxException.class, error -> assertThat(error.offset()).isEqualTo(offset))
        .hasMessageStartingWith(message)
        .hasMessageEndingWith("\n  " + prompt + "\n  " + " ".repeat(offset) + "^");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a (b:1.2) [c] [d:e:0.5] [f|g] \\(h\\) i\\|j AND k :-0.5 # (l",
        "<lora:a:1:0.5> (a: b) time 12:30 BREAK c"
      })
  void parseStrictly_wellFormedPrompt_isParsed(String prompt) {
    assertThat(Mistakes.parseStrictly(prompt)).hasToString(prompt);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          at 12:30        ! false ! the trailing ':30' at character 5 is an AND weight in A1111
          (a BREAK b)     ! false ! BREAK at character 3 is inside brackets and is read as a word
          x [a:b:1.0]     ! false ! the prompt editing '[a:b:1.0]' at character 2 never switches
          [a:b:<c:d>0]    ! false ! the prompt editing '[a:b:<c:d>0]' at character 0 has switched
          a <lora:b:1>    ! true  ! the tag <lora:b:1> at character 2 acts here too
          """)
  void quirks_ofPrompt_sayWhatMayBeMeantOtherwise(String prompt, boolean negative, String message) {
    assertThat(Quirks.of(PromptParser.parse(prompt), SchedulePass.first(20), negative))
        .singleElement()
        .satisfies(quirk -> assertThat(quirk.message()).startsWith(message));
  }

  @Property
  void of_anyText_neverFails(
      @ForAll @Chars({'(', ')', '[', ']', ':', '|', '<', '>', '#', '\n', '1', '.', 'a'})
          String text) {
    String prompt = text.replace("a", "<lora:x:1>");

    for (Finding mistake : Mistakes.of(prompt, PromptParser.parse(prompt))) {
      assertThat(mistake.offset()).isBetween(0, prompt.length() - 1);
    }
    assertThat(Quirks.of(PromptParser.parse(prompt), SchedulePass.first(20), true)).isNotNull();
  }
}
