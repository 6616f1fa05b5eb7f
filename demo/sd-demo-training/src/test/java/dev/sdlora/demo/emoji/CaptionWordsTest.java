package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the list of words that the model was trained on. */
final class CaptionWordsTest {
  private final List<String> words =
      CaptionWords.of(SmallSet.nouns(), new CaptionedSource(SmallSet.source(0)));

  @Test
  void words_nounsWithSynonymsAndWhatStandsAroundThem() {
    assertThat(words)
        .contains("cat", "high-heeled shoe", "dormouse", "star")
        .contains("a", "an", "two", "three", "red", "background", "striped", "left", "of", "small")
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void words_whatMeansNothing_isNotAmongThem() {
    assertThat(words).doesNotContain("masterpiece", "quality", "realistic", "submarine");
  }

  /** A noun is taken out of its caption as a word: no part of "glasses" is left of a glass. */
  @Test
  void words_oneLetterAlone_isTheArticle() {
    assertThat(words).filteredOn(word -> word.length() < 2).containsExactly("a");
  }
}
