package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the selection of emoji and their nouns. */
final class NounsTest {
  private final Nouns nouns = SmallSet.nouns();

  @Test
  void all_things_inUnicodesOrder_andNothingElse() {
    assertThat(nouns.all())
        .extracting(Noun::word)
        .containsExactly(
            "man",
            "cat",
            "dog",
            "mouse",
            "apple",
            "house",
            "umbrella",
            "high-heeled shoe",
            "recycling symbol");
  }

  @Test
  void all_twoEmojiOfOneWord_theFirstOne() {
    assertThat(SmallSet.noun("apple").icon()).isEqualTo("apple");
    assertThat(SmallSet.noun("apple").codePoints()).isEqualTo("1f34e");
  }

  @Test
  void codePoints_withoutTheOneThatAsksForAPicture() {
    assertThat(SmallSet.noun("umbrella").codePoints()).isEqualTo("2602");
  }

  @ParameterizedTest
  @CsvSource({
    "red apple, apple",
    "T-Rex, t-rex",
    "woman’s boot, woman's boot",
    "Mrs. Claus, mrs claus",
    "“reserved” sign, reserved sign",
    "orange, orange",
    "police car, police car"
  })
  void word_name_withoutWhatNoOneTypes(String name, String word) {
    assertThat(EmojiNames.word(name)).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "ring, Objects, false",
    "ringed planet, Travel & Places, true",
    "star, Travel & Places, false",
    "shooting star, Travel & Places, true",
    "seven-thirty, Travel & Places, false",
    "person running facing right, People & Body, false",
    "woman, People & Body, true",
    "woman farmer, People & Body, false",
    "bow and arrow, Objects, false",
    "waning crescent moon, Travel & Places, false",
    "crescent moon, Travel & Places, true",
    "recycling symbol, Symbols, true",
    "OK button, Symbols, false",
    "chequered flag, Flags, false"
  })
  void isThing_nameAndGroup_asDrawn(String name, String group, boolean thing) {
    assertThat(EmojiNames.isThing(name, group)).isEqualTo(thing);
  }

  @Test
  void synonyms_everydayWordsAndItsOwnKeywords() {
    assertThat(SmallSet.noun("house").synonyms()).containsExactly("home");
    assertThat(SmallSet.noun("man").synonyms()).containsExactly("father");
    assertThat(SmallSet.noun("apple").synonyms()).containsExactly("citrus");
  }

  @Test
  void synonyms_wordsOfOthersOrOfColours_areNone() {
    assertThat(SmallSet.noun("cat").synonyms()).containsExactly("feline");
    assertThat(SmallSet.noun("dog").synonyms()).containsExactly("doggo");
  }

  @Test
  void synonyms_ofAKeywordList_thoseThatNameTheThing() {
    assertThat(SmallSet.noun("mouse").synonyms()).containsExactly("dormouse");
  }

  @Test
  void synonyms_all_eachOfOneNoun() {
    List<String> words = new ArrayList<>();
    nouns.all().forEach(noun -> words.add(noun.word()));
    nouns.all().forEach(noun -> words.addAll(noun.synonyms()));
    assertThat(words).doesNotHaveDuplicates();
  }

  @Test
  void commonest_byWordsOrEverydayWords_severalTokensLast() {
    assertThat(nouns.commonest(4))
        .extracting(Noun::word)
        .containsExactly("man", "house", "dog", "cat");
    assertThat(SmallSet.noun("high-heeled shoe").common()).isEqualTo(Integer.MAX_VALUE);
  }
}
