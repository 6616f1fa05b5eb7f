package dev.sdlora.prompt.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class T5TokenizerTest {
  private static final T5Tokenizer TOKENIZER = T5Tokenizer.load();
  private static final int LONG = 100_000;

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#t5Tokens")
  void encode_goldenText_agreesWithHuggingFace(JsonNode golden) {
    int[] ids = new ObjectMapper().convertValue(golden.get("ids"), int[].class);

    assertThat(TOKENIZER.encode(golden.get("text").textValue()))
        .containsExactly(Arrays.copyOf(ids, ids.length - 1));
    assertThat(ids[ids.length - 1]).isEqualTo(T5Tokenizer.END);
  }

  @ParameterizedTest
  @CsvSource({
    "<pad>, 0",
    "</s>, 1",
    "<unk>, 2",
    "<extra_id_0>, 32099",
    "<extra_id_1>, 32098",
    "<extra_id_10>, 32089",
    "<extra_id_99>, 32000"
  })
  void encode_specialToken_isOneTokenAnywhere(String name, int id) {
    assertThat(TOKENIZER.encode(name)).containsExactly(id);
    // After it, a text gets no blank in front.
    assertThat(TOKENIZER.encode("a " + name + name + "b")).containsExactly(3, 9, id, id, 115);
    assertThat(TOKENIZER.encode(name + " b")).containsExactly(id, 3, 115);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "   ", "\u3000", "\n\t", "\u0001", "\u0085"})
  void encode_blanks_isEmpty(String text) {
    assertThat(TOKENIZER.encode(text)).isEmpty();
  }

  @Test
  void encode_unknownCharacters_areOneTokenForEachWord() {
    assertThat(TOKENIZER.encode("\u65e5\u672c\u8a9e \u65e5")).containsExactly(3, 2, 3, 2);
  }

  /** A rule for the beginning of a short cluster replaces all of it, as by Hugging Face. */
  @Test
  void encode_markAfterReplacedCharacter_isLost() {
    assertThat(TOKENIZER.encode("\uff41\u0300")).isEqualTo(TOKENIZER.encode("a"));
    assertThat(TOKENIZER.encode("e\u0301\u0323")).isEqualTo(TOKENIZER.encode("\u00e9"));
  }

  @Test
  void decode_tokensOfEuropeanText_areItWithOneBlank() {
    String text = "A fa\u00e7ade, 3/4 view; na\u00efve!";

    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).contains("fa\u00e7ade, 3/4 view");
    assertThat(TOKENIZER.decode(TOKENIZER.encode("the cat"))).isEqualTo(" the cat");
    assertThat(TOKENIZER.decode(3, 2, 1)).isEqualTo(" \ufffd</s>");
  }

  @Property
  void encode_anyText_hasIdsOfTheTable(@ForAll String text) {
    assertThat(IntStream.of(TOKENIZER.encode(text)))
        .allMatch(id -> id >= 0 && id < TOKENIZER.size());
  }

  /** No piece has a blank inside, so words do not depend on each other. */
  @Property
  void encode_words_areThoseOfEachWord(@ForAll("words") List<String> words) {
    int[] each =
        words.stream().flatMapToInt(word -> IntStream.of(TOKENIZER.encode(word))).toArray();

    assertThat(TOKENIZER.encode(String.join(" ", words))).isEqualTo(each);
  }

  @Provide
  Arbitrary<List<String>> words() {
    return Arbitraries.strings()
        .ofMinLength(1)
        .ofMaxLength(12)
        .withChars("aeinrst\u00e4\u00e9,.!-1\u65e5\uff41\u0438")
        .list()
        .ofMaxSize(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "ab", " ", "\n", "\u3000", "1", "!", "\u65e5", "\u0301", "\u200d", "</s>"})
  void encode_longText_isNotSlow(String part) {
    assertThat(TOKENIZER.encode("x" + part.repeat(LONG / part.length()) + "x"))
        .hasSizeLessThanOrEqualTo(LONG + 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 32_100, Integer.MAX_VALUE})
  void decode_noToken_isRefused(int id) {
    assertThatThrownBy(() -> TOKENIZER.decode(64, id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("T5's vocabulary has no token " + id);
  }
}
