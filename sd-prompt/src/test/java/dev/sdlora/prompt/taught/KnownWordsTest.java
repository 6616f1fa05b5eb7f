package dev.sdlora.prompt.taught;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.taught.PromptWords.Word;
import dev.sdlora.prompt.tree.PromptParser;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownWordsTest {
  private static final KnownWords TAUGHT =
      KnownWords.of(
          List.of(
              "cat",
              "soccer ball",
              "box",
              "berry",
              "t-shirt",
              "red",
              "on",
              "a",
              "background",
              "o'clock"));

  private static final List<String> KNOWN =
      List.of(
          "cat",
          "Cats",
          "CAT",
          "soccer",
          "balls",
          "boxes",
          "berries",
          "t-shirts",
          "T-Shirt",
          "red-cat",
          "cat's",
          "cats\u2019s",
          "background",
          "on",
          "O'Clock",
          "soccer ball");

  private static final List<String> UNKNOWN =
      List.of("qwyjibo", "zy-xw", "bärli", "猫犬", "x9's", "🐱", "❤️", "👩‍🎨", "🇯🇵");

  /** Each with one or two placeholders. */
  private static final List<String> SYNTAX =
      List.of(
          "%s",
          "(%s)",
          "((%s))",
          "[%s]",
          "(%s:1.3)",
          "\\(%s\\)",
          "%s, %s",
          "%s %s",
          "%s_%s",
          "[%s|%s]",
          "[%s:%s:0.5]",
          "[%s:5]",
          "%s BREAK %s",
          "%s <lora:zag-zig:0.8> %s",
          "\"%s\"; %s!",
          "%s ©, “%s”",
          "%s # zag\n%s",
          "%s /\n%s",
          "%s <hypernet:zag:te=1>");

  private static Optional<String> warning(String prompt) {
    return TAUGHT.warning(
        PromptWords.of(PromptParser.parse(prompt)).stream().map(PromptWords.Word::text));
  }

  /**
   * A prompt.
   *
   * @param unknown the words in it on which the model was not trained
   */
  record Piece(String text, Set<String> unknown) {
    Piece in(String syntax, Piece other) {
      boolean both = syntax.indexOf("%s") < syntax.lastIndexOf("%s");
      Set<String> all = new HashSet<>(unknown);
      if (both) {
        all.addAll(other.unknown);
      }
      return new Piece(both ? syntax.formatted(text, other.text) : syntax.formatted(text), all);
    }
  }

  @Provide
  Arbitrary<Piece> prompts() {
    Arbitrary<Piece> words =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of(KNOWN).map(word -> new Piece(word, Set.of()))),
            Tuple.of(1, Arbitraries.of(UNKNOWN).map(word -> new Piece(word, Set.of(word)))));
    Arbitrary<Piece> pieces = Arbitraries.recursive(() -> words, KnownWordsTest::within, 0, 3);
    return Combinators.combine(pieces, Arbitraries.of("%s", "%s AND %s", "%s :0.7 AND %s"), pieces)
        .as(KnownWordsTest::join);
  }

  private static Piece join(Piece one, String syntax, Piece other) {
    return one.in(syntax, other);
  }

  private static Arbitrary<Piece> within(Arbitrary<Piece> inner) {
    return Combinators.combine(inner, Arbitraries.of(SYNTAX), inner).as(KnownWordsTest::join);
  }

  @Property(tries = 500)
  void warning_anyPrompt_namesEachUnknownWordOnceAndNoOther(@ForAll("prompts") Piece prompt) {
    String warning = warning(prompt.text).orElse("");

    Set<String> named =
        UNKNOWN.stream()
            .filter(word -> warning.contains("'" + word + "'"))
            .collect(Collectors.toSet());
    assertThat(named).isEqualTo(prompt.unknown);
    int words = prompt.unknown.size();
    assertThat(warning.split("' ?(,|and|;)", -1)).hasSize(words == 0 ? 1 : words + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a kat            | the word 'kat' (nearest: 'cat');
          kats on a CTA    | the words 'kats' (nearest: 'cat') and 'cta' (nearest: 'cat');
          scocer, masterpiece | the words 'scocer' (nearest: 'soccer') and 'masterpiece';
          Soccerball       | the word 'soccerball' (nearest: 'soccer ball');
          masterpiece, kat, redd | the words 'masterpiece', 'kat' (nearest: 'cat') and 'redd' (nearest: 'red');
          as xs            | the words 'as' and 'xs';
          red \u2B50, \ud83d\udc31 | the words '\u2B50' and '\ud83d\udc31';
          masterpeace      | the word 'masterpeace';
          o\u2019clok      | the word 'o'clok' (nearest: 'o'clock');
          (ca\u0308t:1.2) kät | the words 'cät' (nearest: 'cat') and 'kät';
          """)
  void warning_namesTheNearest(String prompt, String named) {
    assertThat(warning(prompt))
        .hasValue(
            "this model was not taught "
                + named.substring(0, named.length() - 1)
                + "; it draws only what it knows");
  }

  @Test
  void nearest_ofSeveral_beginsAsTheWordDoes() {
    KnownWords taught = KnownWords.of(List.of("candle", "handle", "cat", "bat", "cart"));

    assertThat(taught.nearest("candly")).hasValue("candle");
    assertThat(taught.nearest("xandle")).hasValue("candle");
    assertThat(taught.nearest("catt")).hasValue("cat");
    assertThat(taught.nearest("kat")).hasValue("cat");
  }

  @ParameterizedTest
  @CsvSource({
    "sofa, couch and lamp",
    "sofas, couch and lamp",
    "couches, couch and lamp",
    "kitten, cat",
    "puppies, dog",
    "sea, water wave",
    "huge, large",
  })
  void nearest_synonym_comesBeforeSpelling(String word, String synonym) {
    KnownWords taught =
        KnownWords.of(
            List.of(
                "soft ice cream", "seal", "couch and lamp", "cat", "dog", "water wave", "large"));
    assertThat(taught.nearest(word)).hasValue(synonym);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sofa", "sea", "set", "hug", "wale", "rose", "caxxle", "x"})
  void nearest_nothingNear_isEmpty(String word) {
    KnownWords taught =
        KnownWords.of(List.of("soft", "seal", "hut", "whale", "castle", "nose", "seat"));
    assertThat(taught.nearest(word)).isEmpty();
  }

  @Test
  void synonyms_areInTheFormOfTheWordsOfPrompts() {
    assertThat(Synonyms.all())
        .hasSizeGreaterThan(150)
        .allSatisfy(
            words -> assertThat(String.join(" ", PromptWords.in(words).toList())).isEqualTo(words));
  }

  @Test
  void with_wordsOfOthers_areTaughtTo() {
    KnownWords more = TAUGHT.with(Stream.of("Mox style, zig-zag", "<s1>"));

    assertThat(more.warning(Stream.of("mox", "styles", "zag", "s1", "cat"))).isEmpty();
    assertThat(more.warning(Stream.of("moxx")).orElseThrow()).contains("(nearest: 'mox')");
    assertThat(warning("mox")).isPresent();
    assertThat(KnownWords.of(List.of(" ", ",")).isEmpty()).isTrue();
  }

  @Test
  void of_prompt_hasPlaces() {
    assertThat(PromptWords.of(PromptParser.parse("(Ka\u0308t's:1.2) <lora:x:1>[a|\nb_c:1]")))
        .containsExactly(
            new Word("kät's", new Span(1, 7)),
            new Word("a", new Span(24, 25)),
            new Word("b", new Span(27, 28)),
            new Word("c", new Span(29, 30)),
            new Word("1", new Span(31, 32)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "®, !? °", "<lora:kat:1>", "[::0.5]", "((((", "# kat", "AND"})
  void warning_promptWithoutWords_isNone(String prompt) {
    assertThat(warning(prompt)).isEmpty();
  }

  @Test
  @Timeout(600)
  void warning_manyOrEndlessWords_isOneSentence() {
    String many =
        IntStream.range(0, 10_000).mapToObj(i -> "kat" + i).collect(Collectors.joining(" "));

    assertThat(warning(many + " cat " + many).orElseThrow())
        .startsWith("this model was not taught the words 'kat0', 'kat1', ")
        .contains("'kat7' and 9992 more; it draws")
        .hasSizeLessThan(200);
    assertThat(warning("k-".repeat(100_000) + "k").orElseThrow()).hasSizeLessThan(120);
    assertThat(warning("𠀋".repeat(10_000)).orElseThrow()).contains("'" + "𠀋".repeat(20) + "…';");
    assertThat(PromptWords.in("'kat-' -cat").toList()).containsExactly("kat", "cat");
  }
}
