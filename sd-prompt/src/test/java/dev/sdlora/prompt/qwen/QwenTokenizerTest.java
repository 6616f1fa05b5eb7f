package dev.sdlora.prompt.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.prompt.Goldens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QwenTokenizerTest {
  private static final QwenTokenizer TOKENIZER = QwenTokenizer.load();
  private static final int LONG = 100_000;

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#qwenTokens")
  void encode_goldenText_agreesWithHuggingFace(JsonNode golden) {
    int[] ids = new ObjectMapper().convertValue(golden.get("ids"), int[].class);

    assertThat(TOKENIZER.encode(golden.get("text").textValue())).containsExactly(ids);
  }

  @Test
  void encode_specialToken_isOneTokenAnywhere() throws IOException {
    for (var special : Goldens.qwenSpecials().properties()) {
      int id = special.getValue().intValue();

      assertThat(TOKENIZER.encode(special.getKey())).containsExactly(id);
      assertThat(TOKENIZER.encode("a " + special.getKey() + special.getKey() + "b"))
          .containsExactly(64, 220, id, id, 65);
    }
  }

  @Test
  void encode_markAfterSpecialToken_doesNotChangeTheToken() {
    int[] ids = TOKENIZER.encode("<think>\u0338");

    assertThat(ids).startsWith(151667);
    assertThat(TOKENIZER.decode(ids)).isEqualTo("<think>\u0338");
  }

  @Test
  void size_isTheHighestIdPlusOne() {
    assertThat(TOKENIZER.size()).isEqualTo(151_669);
    assertThat(TOKENIZER.padding()).isEqualTo(151_643);
  }

  @Property
  void decode_tokensOfAnyText_areItsNormalForm(@ForAll String text) {
    assertDecoded(text);
  }

  @Property
  void decode_tokensOfOddText_areItsNormalForm(@ForAll("odd") String text) {
    assertDecoded(text);
  }

  /** Texts of parts that matter to the normalization and to the pattern. */
  @Provide
  Arbitrary<String> odd() {
    return Arbitraries.of(
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "\u0085",
            "\u00a0",
            "\u3000",
            "\u001d",
            "'s",
            "'\u017f",
            "'LL",
            "'",
            "a",
            "e\u0301",
            "\u0323",
            "\u0301",
            "1",
            "\u0663",
            "\u00bd",
            "!",
            "<|im_",
            "\ud83d\ude00",
            "\u200d",
            "\ufe0f",
            "\u65e5\u672c",
            "\u1100\u1161",
            "\uac00",
            "\u212b",
            "\ud840\udc00",
            "\ud834\udd5e",
            "\ud800",
            "\udc00")
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  private static void assertDecoded(String text) {
    String normal = Normalizer.normalize(text, Normalizer.Form.NFC);
    String withoutLoneSurrogates =
        new String(normal.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(withoutLoneSurrogates);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "ab",
        "abcdefgh",
        " ",
        "\n",
        " \n",
        "\n ",
        "\t \r",
        "\u3000",
        "1",
        "!",
        "?!",
        "'s",
        "\u65e5",
        "\u00e9",
        "\ud83d\ude00",
        "\ud840\udc00",
        "a ",
        " a",
        "<",
        "<|im_end|>",
        "<|im_"
      })
  void encode_longText_keepsEveryCharacter(String part) {
    String text = part.repeat(LONG / part.length());

    int[] ids = TOKENIZER.encode(text);

    assertThat(ids).hasSizeBetween(LONG / 128, LONG * 3);
    assertThat(TOKENIZER.decode(ids)).isEqualTo(text);
  }

  @Test
  void encode_longRunsOfBlanks_areTokensOfTheLongestRun() {
    // Of 99,999 blanks, 781 tokens have 128 and one has 31; the last blank belongs to the letter.
    assertThat(TOKENIZER.encode(" ".repeat(LONG) + "a")).hasSize(781 + 1 + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0301\u0323", "\u0323\u0301\u0316", "\u0344"})
  void encode_manyMarks_areAllKept(String marks) {
    String text = "a" + marks.repeat(LONG / marks.length());

    String decoded = TOKENIZER.decode(TOKENIZER.encode(text));

    assertThat(Normalizer.normalize(decoded.substring(0, 500), Normalizer.Form.NFD))
        .startsWith("a");
    assertThat(decoded.codePoints().filter(mark -> mark == '\u0301').count())
        .isBetween((long) LONG / 3 - 1, (long) LONG);
  }

  @Test
  void encode_marksUpToTheLimit_areInCanonicalOrder() {
    assertDecoded("a" + "\u0301\u0323".repeat(500));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 151_669, Integer.MAX_VALUE})
  void decode_noToken_isRefused(int id) {
    assertThatThrownBy(() -> TOKENIZER.decode(64, id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(id));
  }

  @Test
  void encode_fromManyThreads_agrees() {
    List<String> texts = IntStream.range(0x3400, 0x4400).mapToObj(Character::toString).toList();
    List<List<Integer>> expected = texts.stream().map(QwenTokenizerTest::encoded).toList();

    assertThat(texts.parallelStream().map(QwenTokenizerTest::encoded).toList()).isEqualTo(expected);
  }

  private static List<Integer> encoded(String text) {
    return IntStream.of(TOKENIZER.encode(text)).boxed().toList();
  }
}
