package dev.sdlora.prompt.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.grammar.Attention;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class T5PromptTest {
  private static final T5Tokenizer TOKENIZER = T5Tokenizer.load();

  private static List<T5Prompt> parts(String text, int most) {
    return T5Prompt.of(Attention.parse(text), most, TOKENIZER, PromptLimits.NONE);
  }

  @Test
  void of_weightedWords_haveTheirWeights() {
    T5Prompt prompt = parts("the (cat:1.5) [and] dog", 16).get(0);

    assertThat(prompt.ids()).containsExactly(8, 1712, 11, 1782, 1);
    assertThat(prompt.weights()).containsExactly(1, 1.5f, (float) (1 / 1.1), 1, 1);
    assertThat(prompt.count()).isEqualTo(5);
    assertThat(prompt.cut()).isEmpty();
  }

  /** Each piece is tokenized on its own, so a word that changes its weight is two words. */
  @Test
  void of_weightInsideAWord_splitsIt() {
    assertThat(parts("(the)cat", 16)).isNotEqualTo(parts("thecat", 16));
    assertThat(parts("(the)cat", 16).get(0).ids()).containsExactly(8, 1712, 1);
  }

  @Test
  void of_longText_isCutBeforeTheEndToken() {
    T5Prompt prompt = parts("the cat and dog", 3).get(0);

    assertThat(prompt.ids()).containsExactly(8, 1712, 1);
    assertThat(prompt.cut()).isEqualTo(" and dog");
    assertThat(parts("the cat and dog", 5).get(0).cut()).isEmpty();
    assertThat(parts("the", 1).get(0).ids()).containsExactly(1);
  }

  @Test
  void of_breaks_startParts() {
    assertThat(parts("the BREAK cat", 16)).extracting(T5Prompt::count).containsExactly(2, 2);
    assertThat(parts("the BREAK", 16)).hasSize(1);
    assertThat(parts("BREAK the", 16)).extracting(T5Prompt::count).containsExactly(1, 2);
    assertThat(parts("the BREAK cat", 1)).hasSize(2);
    assertThat(parts("", 16)).extracting(T5Prompt::count).containsExactly(1);
  }

  @Test
  void of_morePartsThanAllowed_isRefused() {
    assertThatThrownBy(
            () ->
                T5Prompt.of(
                    Attention.parse("a BREAK b"),
                    16,
                    TOKENIZER,
                    PromptLimits.DEFAULTS.withChunks(1)))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("PromptLimits.chunks allows 1");
  }

  @Test
  void padded_isFilledUpOnTheRight() {
    T5Prompt prompt = parts("the cat", 16).get(0);

    assertThat(prompt.padded(5)).containsExactly(8, 1712, 1, 0, 0);
    assertThatThrownBy(() -> prompt.padded(2)).hasMessage("cannot pad 3 tokens to 2");
  }

  @Property
  void of_anyText_endsWithTheEndToken(
      @ForAll String text, @ForAll @IntRange(min = 1, max = 40) int most) {
    for (T5Prompt part : parts(text, most)) {
      assertThat(part.count()).isBetween(1, most);
      assertThat(part.ids()[part.count() - 1]).isEqualTo(T5Tokenizer.END);
      assertThat(part.weights()).hasSize(part.count());
    }
  }
}
