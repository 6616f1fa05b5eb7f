package dev.sdlora.prompt.qwen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.BeforeContainer;

class QwenVocabularyTest {
  private static QwenVocabulary vocabulary;
  private static NaiveBytePairs naive;

  @BeforeContainer
  static void load() throws IOException {
    vocabulary = QwenVocabulary.standard();
    naive = new NaiveBytePairs();
  }

  @Property
  void encode_anyWord_agreesWithNaiveSearch(@ForAll @StringLength(max = 80) String word) {
    assertThat(encoded(word)).isEqualTo(naive.encode(word));
  }

  @Property
  void encode_wordOfCommonParts_agreesWithNaiveSearch(@ForAll("words") String word) {
    assertThat(encoded(word)).isEqualTo(naive.encode(word));
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.of(
            "a",
            "e",
            "s",
            "t",
            "n",
            "o",
            "aa",
            "the",
            "ing",
            "er",
            " ",
            "\n",
            "=",
            "-",
            "\u0430",
            "\u043e",
            "\u7684",
            "\u4e00",
            "\u00e9",
            "\u200d",
            "\ud83d\ude00")
        .list()
        .ofMaxSize(40)
        .map(parts -> String.join("", parts));
  }

  private static List<Integer> encoded(String word) {
    List<Integer> ids = new ArrayList<>();
    vocabulary.encode(word, ids::add);
    return ids;
  }
}
