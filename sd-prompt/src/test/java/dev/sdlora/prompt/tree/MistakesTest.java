package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.schedule.PromptSteps;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MistakesTest {
  private static final List<PromptSteps> ONE_PASS = List.of(PromptSteps.first(20));

  private static ReadPrompt read(String prompt, boolean negative) {
    return ReadPrompt.of(prompt, negative, true, List.of("ink", "my ink-2")::contains);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a (b:1.2.3)   ! 2 ! '(' at character 2 has a weight that is not a number
          a (b          ! 2 ! '(' at character 2 is never closed
          a b)          ! 3 ! ')' at character 3 has no matching bracket
          (a [b) c]     ! 3 ! '[' at character 3 has no matching bracket
          [a:b:c]       ! 0 ! '[' at character 0 does not begin prompt editing
          a | b         ! 2 ! '|' at character 2 is outside an alternation
          a <foo:b      ! 2 ! the tag '<foo:' at character 2 is not closed
          a <foo:b>     ! 2 ! the tag <foo:b> at character 2 has an unknown kind
          a <lora:b:c>  ! 2 ! the tag <lora:b:c> at character 2 has the weight 'c'
          a < lora:b:1> ! 2 ! '< lora:b:1>' at character 2 is not a tag
          """)
  void refuseMistakes_mistake_isShownWithACaret(String prompt, int offset, String message) {
    assertThatThrownBy(() -> read(prompt, false).refuseMistakes())
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
        "<lora:a:1:0.5> (a: b) time 12:30 BREAK c",
        "Lora, a woman (lora:1.2) named Lora: she is 25, lora croft <3 <s1><s2> a > b < c",
        "<lora:a b 2:1><lora:v1,5><lyco:a:te=1:lbw=ALL> http://lora:8080, flora:x:1"
      })
  void mistakes_wellFormedPrompt_hasNone(String prompt) {
    assertThat(read(prompt, false).mistakes())
        .filteredOn(mistake -> !mistake.message().contains("'v1,5'"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a < lora:x:1>, b             ! 2 ! <lora:x:1>
          a <lora :x:0.8>, b           ! 2 ! <lora:x:0.8>
          a <lora:x:1                  ! 2 ! <lora:x:1>
          a <lora:x:1, b               ! 2 ! <lora:x:1>
          a <lyco:x:0.5:0.7 b          ! 2 ! <lyco:x:0.5:0.7>
          a <lora:x:1 # b              ! 2 ! <lora:x:1>
          a <lora>, b                  ! 2 ! <lora:name:weight>
          a <lora:>, b                 ! 2 ! <lora:name:weight>
          a <lora x 0.8>, b            ! 2 ! <lora:x:0.8>
          a <lora my style 0.8>, b     ! 2 ! <lora:my style:0.8>
          a <lora=x:0.8>, b            ! 2 ! <lora:x:0.8>
          a <lora;x;0.8>, b            ! 2 ! <lora:x:0.8>
          a <lora|x|0.8>, b            ! 2 ! <lora:x:0.8>
          a <lora-x-0.8>, b            ! 2 ! <lora:x:0.8>
          a <lora,x>, b                ! 2 ! <lora:x:1>
          a ＜lora:x:1＞, b             ! 2 ! <lora:x:1>
          a <lora：x：0.8>, b           ! 2 ! <lora:x:0.8>
          a 《ｌｏｒａ：x：0.8》, b          ! 2 ! <lora:x:0.8>
          a &lt;lora:x:0.8&gt;, b      ! 2 ! <lora:x:0.8>
          a &amp;lt;LoRA:x:0.8&#62; b  ! 2 ! <lora:x:0.8>
          a (lora:x:0.8), b            ! 2 ! <lora:x:0.8>
          a {lora:x:0.8}, b            ! 2 ! <lora:x:0.8>
          a [lora:x:0.8], b            ! 2 ! <lora:x:0.8>
          a {lora x 0.8}, b            ! 2 ! <lora:x:0.8>
          a "lyco:x", b                ! 2 ! <lyco:x:1>
          a, lora:x:0.8                ! 3 ! <lora:x:0.8>
          a, Lora:my style:0.8>        ! 3 ! <lora:my style:0.8>
          a lora: x : 0.8, b           ! 2 ! <lora:x:0.8>
          a <LoRA:x:1>, b              ! 2 ! <lora:x:1>
          a <lroa:x:1:te=2>, b         ! 2 ! <lora:x:1:te=2>
          a <loras:x:1>, b             ! 2 ! <lora:x:1>
          a <LyCORIS:x:1>, b           ! 2 ! <lyco:x:1>
          a </lora:x:1>, b             ! 2 ! <lora:x:1>
          a <ink:0.8>, b               ! 2 ! <lora:ink:0.8>
          a <ink>, b                   ! 2 ! <lora:ink:1>
          a <ink 0.8>, b               ! 2 ! <lora:ink:0.8>
          a <my ink-2:0.8>, b          ! 2 ! <lora:my ink-2:0.8>
          a <lora:x;0.8>, b            ! 2 ! <lora:x:0.8>
          a <lora:x：0.8>, b            ! 2 ! <lora:x:0.8>
          a < hypernet:x:1>, b         ! 2 ! <hypernet:x:1>
          """)
  void mistakes_almostATag_tellPlaceAndWhatIsMeant(String prompt, int offset, String meant) {
    assertThat(read(prompt, false).mistakes())
        .filteredOn(mistake -> mistake.message().contains(meant))
        .singleElement()
        .satisfies(
            mistake -> {
              assertThat(mistake.offset()).isEqualTo(offset);
              assertThat(mistake.message())
                  .contains("at character " + offset)
                  .endsWith("; did you mean " + meant + "?");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          a <lora:x:1              ! 1
          <lora:                   ! 1
          <lora:x:1＞ <lyco:y:1 #   ! 2
          <lora:x:1> < lora:y:1    ! 0
          <foo:x                   ! 0
          """)
  void unclosedTags_areThoseThatLackTheirEnd(String prompt, int count) {
    assertThat(read(prompt, false).unclosedTags()).hasSize(count);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          at 12:30           ! false ! the trailing ':30' at character 5 is an AND weight in A1111
          (a BREAK b)        ! false ! BREAK at character 3 is inside brackets and is read as a word
          x [a:b:1.0]        ! false ! the prompt editing '[a:b:1.0]' at character 2 never switches
          [a:b:<c:d>0]       ! false ! the prompt editing '[a:b:<c:d>0]' at character 0 switches
          a <lora:b:1>       ! true  ! the tag <lora:b:1> at character 2 has an effect here
          [a:<lora:b:1>:0.5] ! false ! the tag <lora:b:1> at character 3 is inside brackets
          [<lora:b:1>:0.5]   ! false ! the tag <lora:b:1> at character 1 is inside brackets
          (<lora:b:1>:1.2)   ! false ! the tag <lora:b:1> at character 1 is inside brackets
          [a|((<lyco:b>))]   ! false ! the tag <lyco:b> at character 5 is inside brackets
          """)
  void findings_quirk_sayWhatMayBeMeantOtherwise(String prompt, boolean negative, String message) {
    assertThat(read(prompt, negative).findings(ONE_PASS))
        .filteredOn(finding -> !finding.message().contains("<c:d> at"))
        .singleElement()
        .satisfies(quirk -> assertThat(quirk.message()).startsWith(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          [a:<lora:b:0.7>:0.25]     ! <lora:b:0.7:0@0.25,0.7@0.25>
          [<lora:b:0.7>::0.5]       ! <lora:b:0.7:0.7@0.5,0@0.5>
          [(<lora:b>:1.1):5]        ! <lora:b:1:0@0.25,1@0.25>
          [a:<lora:b:0.7:0.2>:0.25] ! <lora:b:0@0,1@0.8>
          (<lora:b: 0.7 >:1.2)      ! <lora:b:0@0,0.7@0.8>
          """)
  void findings_tagInsideBrackets_nameTheTagThatIsMeant(String prompt, String meant) {
    assertThat(read(prompt, false).findings(ONE_PASS))
        .singleElement()
        .satisfies(quirk -> assertThat(quirk.message()).endsWith("such as " + meant));
    assertThat(read(meant, false).findings(ONE_PASS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          [a:b:0.5] ! 0
          [a:b:1.5] ! 0
          [a:b:1.0] ! 0
          [a:b:2.5] ! 1
          [a:b:0.0] ! 1
          """)
  void findings_editingThatSwitchesInEitherPass_isNoQuirk(String prompt, int count) {
    assertThat(
            read(prompt, false)
                .findings(List.of(PromptSteps.first(20), PromptSteps.second(10, 20))))
        .hasSize(count);
  }

  @Property
  void findings_anyText_neverFail(
      @ForAll @Chars({'(', ')', '[', ']', ':', '|', '<', '>', '#', '\n', '1', '.', 'a', 'o', '&'})
          String text) {
    String prompt = text.replace("a", "<lora:x:1>").replace("o", "lora").replace("&", "&lt;");

    for (Finding finding : read(prompt, true).findings(ONE_PASS)) {
      assertThat(finding.offset()).isBetween(0, prompt.length() - 1);
      assertThat(finding.span().end()).isBetween(finding.offset() + 1, prompt.length());
    }
  }
}
