package dev.sdlora.prompt.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.DetailPass;
import org.junit.jupiter.api.Test;

/** Tests the prompts of detail passes in ADetailer's syntax. */
class DetailTextsTest {
  @Test
  void split_separators_takeTheBlanksAroundThem() {
    assertThat(DetailTexts.split("a, b \n[SEP]\n c[SEP][SEP] d "))
        .containsExactly("a, b", "c", "", "d ");
    assertThat(DetailTexts.split("")).containsExactly("");
    assertThat(DetailTexts.split("a [SEP]")).containsExactly("a", "");
  }

  @Test
  void isSkipped_skipAlone_withBlanks() {
    assertThat(DetailTexts.isSkipped(" [SKIP]\n")).isTrue();
    assertThat(DetailTexts.isSkipped("a [SKIP]")).isFalse();
  }

  @Test
  void expanded_promptOfTheRequest_isPutIn() {
    assertThat(DetailTexts.expanded("", "a cat")).isEqualTo("a cat");
    assertThat(DetailTexts.expanded("x [PROMPT] [PROMPT]", "a cat")).isEqualTo("x a cat a cat");
    assertThat(DetailTexts.length("x [PROMPT] [PROMPT]", "a cat")).isEqualTo(13);
    assertThat(DetailTexts.length(" ", "a cat")).isEqualTo(5);
  }

  @Test
  void changed_ownTexts_areChangedAlone() {
    DetailPass pass =
        DetailPass.builder("face").prompt("a[SEP][SKIP] [SEP] [PROMPT], b [SEP] [SEP]c").build();

    DetailPass changed =
        DetailTexts.changed(pass, DetailTexts::isOwn, text -> text + "!", text -> text + "?");

    assertThat(changed.prompt()).isEqualTo("a! [SEP] [SKIP] [SEP] [PROMPT], b [SEP]  [SEP] c!");
    assertThat(changed.negativePrompt()).isEmpty();
  }
}
