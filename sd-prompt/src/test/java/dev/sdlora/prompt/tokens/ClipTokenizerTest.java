package dev.sdlora.prompt.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTokenizerTest {
  private static final ClipTokenizer TOKENIZER = ClipTokenizer.standard();

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#clipTokens")
  void encode_goldenText_agreesWithOpenAi(JsonNode golden) {
    int[] ids = new ObjectMapper().convertValue(golden.get("ids"), int[].class);

    assertThat(TOKENIZER.encode(golden.get("text").textValue())).containsExactly(ids);
  }

  @Test
  void encode_textThatSpellsASpecialToken_isOrdinaryText() {
    assertThat(TOKENIZER.encode("<|startoftext|> <|endoftext|>"))
        .doesNotContain(ClipTokenizer.START, ClipTokenizer.END);
  }

  @Property
  void encode_anyText_staysInTheVocabulary(@ForAll String text) {
    assertThat(Arrays.stream(TOKENIZER.encode(text)).boxed().toList())
        .allMatch(id -> id >= 0 && id < ClipTokenizer.START);
    assertThat(TOKENIZER.encode(text)).isEqualTo(TOKENIZER.encode(text));
  }

  @Test
  void decode_tokensOfText_giveTheCleanedTextBack() {
    String text = "A photo, of 2 CAFÉs \ud83d\ude00!";

    assertThat(decode(TOKENIZER.encode(text))).isEqualTo("a photo , of 2 cafés \ud83d\ude00! ");
  }

  @ParameterizedTest
  @CsvSource({"0, '!'", "256, '! '", "267, ', '", "2368, 'cat '", "127, \ufffd"})
  void decode_token_isItsText(int id, String text) {
    assertThat(TOKENIZER.decode(id)).isEqualTo(text);
  }

  @Test
  void decode_everyToken_isDistinctOrAPartOfACharacter() {
    List<String> texts =
        IntStream.rangeClosed(0, ClipTokenizer.END).mapToObj(TOKENIZER::decode).toList();

    assertThat(texts.subList(ClipTokenizer.START, ClipTokenizer.END + 1))
        .containsExactly("<|startoftext|>", "<|endoftext|>");
    assertThat(texts).filteredOn(text -> !text.contains("\ufffd")).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 49408})
  void decode_noToken_isRefused(int id) {
    assertThatThrownBy(() -> TOKENIZER.decode(id)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ab", "abcdefgh", "\u65e5", "!?", "&amp", "\u00e9'", " ", "1"})
  @Timeout(600)
  void encode_longWord_keepsEveryCharacter(String part) {
    String text = part.repeat(100_000 / part.length());

    assertThat(decode(TOKENIZER.encode(text)).replace(" ", ""))
        .isEqualTo(Words.clean(text).replace(" ", ""));
  }

  @Test
  void encode_moreWordsThanAreCachedFromManyThreads_agrees() {
    List<String> words = IntStream.range(0x3400, 0xA400).mapToObj(Character::toString).toList();
    List<String> expected = words.stream().map(ClipTokenizerTest::encoded).toList();

    assertThat(words.parallelStream().map(ClipTokenizerTest::encoded).toList()).isEqualTo(expected);
  }

  private static String encoded(String word) {
    return Arrays.toString(TOKENIZER.encode(word));
  }

  private static String decode(int[] ids) {
    return Arrays.stream(ids).mapToObj(TOKENIZER::decode).collect(Collectors.joining());
  }
}
