package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sdlora.prompt.grammar.WeightedText;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rows of the embedding that are trained. */
final class VocabularyTest {
  private static final int CLIP = 49_408;

  private static Vocabulary vocabulary;

  @BeforeAll
  static void readCaptions() {
    Nouns nouns = SmallSet.nouns();
    vocabulary = new Vocabulary(nouns, new CaptionedSource(SmallSet.source(0)), 500);
  }

  @Test
  void rows_caption_seventySevenOfTheTable() {
    int[] rows = vocabulary.rows("a cat on a red background");
    assertThat(rows).hasSize(77);
    assertThat(vocabulary.size()).isBetween(50, 150);
    for (int row : rows) {
      assertThat(row).isBetween(0, vocabulary.size() - 2);
    }
  }

  @Test
  void rows_unknownWords_shareTheLastRow() {
    int unknown = vocabulary.size() - 1;
    assertThat(vocabulary.rows("a submarine")[2]).isEqualTo(unknown);
    assertThat(vocabulary.rows("a masterpiece")[2]).isEqualTo(unknown);
    assertThat(vocabulary.rows("a cat")[2]).isNotEqualTo(unknown);
  }

  @Test
  void rows_synonymsAndPlurals_areKnown() {
    int unknown = vocabulary.size() - 1;
    assertThat(vocabulary.rows("two mice")).doesNotContain(unknown);
    assertThat(vocabulary.rows("three high-heeled shoes")).doesNotContain(unknown);
    assertThat(vocabulary.rows("a dormouse")).doesNotContain(unknown);
  }

  @Test
  void end_caption_isAfterItsWords() {
    assertThat(vocabulary.end(vocabulary.rows("a red cat"))).isEqualTo(4);
    assertThat(vocabulary.end(vocabulary.rows(""))).isEqualTo(1);
  }

  @Test
  void last_noun_theLastOfItsTokens() {
    int[] one = vocabulary.rows("a red cat on a blue background");
    assertThat(vocabulary.last(one, "cat")).isEqualTo(3);
    int[] several = vocabulary.rows("a high-heeled shoe left of a dog");
    int tokens = vocabulary.end(vocabulary.rows("high-heeled shoe")) - 1;
    assertThat(tokens).isGreaterThan(1);
    assertThat(vocabulary.last(several, "high-heeled shoe")).isEqualTo(1 + tokens);
  }

  @Test
  void last_nounThatIsNotThere_isRefused() {
    int[] rows = vocabulary.rows("a red cat");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vocabulary.last(rows, "dog"))
        .withMessageContaining("dog");
  }

  @Test
  void wholeTable_trainedRowsAtTheirTokens_unknownElsewhere() {
    float[] trained = new float[2 * vocabulary.size()];
    for (int i = 0; i < trained.length; i++) {
      trained[i] = i;
    }
    float[] table = vocabulary.wholeTable(trained, CLIP);
    assertThat(table).hasSize(2 * CLIP);
    int cat = clip("cat");
    int row = vocabulary.rows("cat")[1];
    assertThat(table[2 * cat]).isEqualTo(2 * row);
    assertThat(table[2 * cat + 1]).isEqualTo(2 * row + 1);
    assertThat(table[2 * clip("submarine")]).isEqualTo(2 * (vocabulary.size() - 1));
  }

  private static int clip(String word) {
    List<WeightedText> text = List.of(new WeightedText(word, 1));
    return Chunks.of(text, ClipTokenizer.standard()).get(0).ids()[1];
  }
}
