package dev.sdlora.prompt.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.tokens.SpelledNames.Found;
import dev.sdlora.prompt.tokens.TokenChunk.Trained;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names in prompts that are replaced by vectors. */
class TrainedWordsTest {
  private static final ClipTokenizer TOKENIZER = ClipTokenizer.standard();
  private static final int A = 320;
  private static final TrainedWord INK = word("ink", 3);
  private static final TrainedWord INK_2 = word("ink-2", 2);
  private static final TrainedWord INK_BLOT = word("ink blot", 70);

  private static TrainedWord word(String name, int vectors) {
    return new TrainedWord(name, vectors, List.of(new float[vectors * 4]));
  }

  private static TrainedWords words(TrainedWord... words) {
    return TrainedWords.of(List.of(words), TOKENIZER);
  }

  private static List<TokenChunk> chunks(String prompt, int commaBacktrack) {
    return chunks(prompt, commaBacktrack, words(INK, INK_2, INK_BLOT));
  }

  private static List<TokenChunk> chunks(String prompt, int commaBacktrack, TrainedWords words) {
    return Chunks.of(
        Attention.parse(prompt), TOKENIZER, commaBacktrack, words, PromptLimits.DEFAULTS);
  }

  private static List<TokenChunk> chunks(String prompt) {
    return chunks(prompt, Chunks.DEFAULT_COMMA_BACKTRACK);
  }

  @Test
  void of_nameInPrompt_becomesPlaceholdersWithItsWeight() {
    TokenChunk chunk = chunks("a (INK:1.5) a").get(0);

    assertThat(chunk.ids()).startsWith(ClipTokenizer.START, A, 0, 0, 0, A, ClipTokenizer.END);
    assertThat(chunk.weights()).startsWith(1, 1, 1.5f, 1.5f, 1.5f, 1);
    assertThat(chunk.trained()).containsExactly(new Trained(INK, 2));
  }

  @ParameterizedTest
  @CsvSource({
    "ink-2, ink-2",
    "'ink - 2', ink-2",
    "'ink\tblot', ink blot",
    "ink-3, ink",
    // Each digit is a separate token.
    "ink-20, ink-2"
  })
  void of_severalNames_theLongestWins(String prompt, String name) {
    assertThat(chunks(prompt).get(0).trained())
        .extracting(trained -> trained.word().name())
        .containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inks", "drink", "i n k", "(in)k", "nk blot"})
  void of_otherWords_stayText(String prompt) {
    assertThat(chunks(prompt).get(0).trained()).isEmpty();
  }

  @Test
  void of_nameTornByBrackets_isNotFound() {
    assertThat(chunks("ink (blot:1.2)").get(0).trained()).containsExactly(new Trained(INK, 1));
  }

  /** The number of letters before, and the position of the 70 vectors. */
  @ParameterizedTest
  @CsvSource({"0, 0, 1", "5, 0, 6", "6, 1, 1", "75, 1, 1", "80, 1, 6"})
  void of_noRoomForAllVectors_movesThemTogether(int before, int chunk, int position) {
    List<TokenChunk> chunks = chunks("a ".repeat(before) + "ink blot");

    assertThat(chunks).hasSize(chunk + 1);
    assertThat(chunks.get(chunk).trained()).containsExactly(new Trained(INK_BLOT, position));
    assertThat(chunks.get(chunk).ids()[position + 70]).isEqualTo(ClipTokenizer.END);
  }

  @Test
  void of_movedTail_takesItsWordsAlong() {
    List<TokenChunk> chunks = chunks("ink " + "a ".repeat(60) + ", a ink-2 " + "a ".repeat(10));

    assertThat(chunks.get(0).trained()).containsExactly(new Trained(INK, 1));
    assertThat(chunks.get(1).trained()).containsExactly(new Trained(INK_2, 2));
    assertThat(chunks.get(1).ids()).startsWith(ClipTokenizer.START, A, 0, 0, A);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '%',
      textBlock =
          """
          <s1><s2>          % <s1>/<s2>
          <s1>, castle      % <s1>
          (<s1><s2>:1.2)    % <s1>/<s2>
          "<S2>"...<s1>'s   % <s2>/<s1>
          < s1 >            % <s1>
          &lt;s1&gt;&lt;s2> % <s1>/<s2>
          <s1><s3>          % <s1>
          a<s1>b            % <s1>
          red <s1> hat      % red <s1> hat
          (#ink),           % #ink
          ##ink             % #ink
          #inks             %
          ink!!             % ink!
          drink!            %
          """)
  void of_namesWithPunctuation_areFoundInTheText(String prompt, String names) {
    TrainedWords words =
        words(
            word("<s1>", 1),
            word("<s2>", 2),
            word("red <s1> hat", 1),
            word("#ink", 1),
            word("ink!", 1),
            word("\u0345", 1));

    TokenChunk chunk = chunks(prompt, 20, words).get(0);

    assertThat(chunk.trained().stream().map(trained -> trained.word().name()))
        .containsExactly(names == null ? new String[0] : names.split("/"));
    assertThat(chunk.trained())
        .allSatisfy(
            trained ->
                assertThat(chunk.ids()[trained.position()]).isEqualTo(TokenChunk.PLACEHOLDER));
  }

  @Test
  void of_textAroundNamesWithPunctuation_isTokenizedAsIfAlone() {
    TokenChunk chunk = chunks("a<s1>, a", 20, words(word("<s1>", 1))).get(0);

    assertThat(chunk.ids())
        .startsWith(ClipTokenizer.START, A, 0, ClipTokenizer.COMMA, A, ClipTokenizer.END);
  }

  @Test
  void of_nameWithPunctuationBehindAFullChunk_takesThePhraseAlong() {
    String prompt = "a ".repeat(70) + ", a a a a <s1>";

    assertThat(chunks(prompt, 20, words(word("<s1>", 1))).get(1).ids())
        .startsWith(ClipTokenizer.START, A, A, A, A, 0, ClipTokenizer.END);
  }

  @Test
  void of_moreChunksThanTheLimit_isRefused() {
    PromptLimits two = PromptLimits.DEFAULTS.withChunks(2);

    assertThat(Chunks.of(Attention.parse("a ".repeat(150)), TOKENIZER, 0, words(), two)).hasSize(2);
    assertThatThrownBy(
            () -> Chunks.of(Attention.parse("a ".repeat(151)), TOKENIZER, 0, words(), two))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage(
            "a text of the prompt has more than 2 chunks of 75 tokens, but PromptLimits.chunks"
                + " allows 2");
  }

  @Test
  void equals_otherWordOfTheSameNumbers_isAnotherChunk() {
    assertThat(chunks("a ink")).isEqualTo(chunks("a ink"));
    assertThat(chunks("a ink"))
        .isNotEqualTo(chunks("a ink", 20, words(word("ink", 3))))
        .isNotEqualTo(Chunks.of(Attention.parse("a ! ! !"), TOKENIZER));
  }

  @Test
  void at_sameTokens_theLastNameCounts() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("Ink", "first");
    names.put("ink", "second");
    names.put(" ", "nothing");

    assertThat(new SpelledNames<>(names, TOKENIZER).at(TOKENIZER.encode("ink"), 0))
        .containsExactly(new Found<>("second", 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 76})
  void word_vectorsThatFitNoChunk_areRefused(int vectors) {
    assertThatThrownBy(() -> word("x", vectors))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vectors must be from 1 to 75: " + vectors);
  }
}
