package dev.sdlora.prompt.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
  private static final double RELATIVE_ERROR = 1e-9;

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#a1111")
  void parse_goldenPrompt_agreesWithA1111(JsonNode golden) {
    assertPieces(Attention.parse(golden.get("text").textValue()), golden.get("attention"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                 | [["", 1]]
          []                 | [["", 1]]
          ([a])b             | [["ab", 1]]
          ((a)               | [["a", 1.21]]
          [a                 | [["a", 0.9090909090909091]]
          (a))               | [["a", 1.1], [")", 1]]
          a]                 | [["a]", 1]]
          (a: 1.2 )          | [["a", 1.2]]
          (a:+1.2)           | [["a", 1.2]]
          (a:-0.5)           | [["a", -0.5]]
          (a:.5)             | [["a", 0.5]]
          (a:2.)             | [["a", 2]]
          (a:\u0661.\u0665)  | [["a", 1.5]]
          (a:)               | [["a:", 1.1]]
          (a:.)              | [["a:.", 1.1]]
          (a:b:0.5)          | [["a:b", 0.5]]
          [a:1.2)            | [["a:1.2)", 0.9090909090909091]]
          (a:1e1)            | [["a:1e1", 1.1]]
          (a:- 1)            | [["a:- 1", 1.1]]
          (a:1.2             | [["a:1.2", 1.1]]
          (a:1.2]            | [["a:1.2]", 1.1]]
          a:1.2)             | [["a:1.2)", 1]]
          (a:1.2.3)          | [["a:1.2.3", 1.1]]
          (a [b)] c          | [["a ", 1.1], ["b c", 1]]
          \\(a:1.2\\)        | [["(a:1.2)", 1]]
          a\\\\(b)           | [["a\\\\", 1], ["b", 1.1]]
          a \\: b            | [["a : b", 1]]
          (((a:1.3)))        | [["a", 1.573]]
          {a}                | [["{a}", 1]]
          (a)[b]             | [["a", 1.1], ["b", 0.9090909090909091]]
          (a:1.1)(b:1.1)     | [["ab", 1.1]]
          a BREAK b          | [["a", 1], ["BREAK", -1], ["b", 1]]
          a BREAK BREAK b    | [["a", 1], ["BREAK", -1], ["", 1], ["BREAK", -1], ["b", 1]]
          a, BREAK, b        | [["a,", 1], ["BREAK", -1], [", b", 1]]
          aBREAK BREAK_ \u00e9BREAK BREAK2 break | [["aBREAK BREAK_ \u00e9BREAK BREAK2 break", 1]]
          a\u00a0BREAK\u3000b    | [["a", 1], ["BREAK", -1], ["b", 1]]
          a:BREAK            | [["a:", 1], ["BREAK", -1], ["", 1]]
          (a BREAK b)        | [["a", 1.1], ["BREAK", -1.1], ["b", 1.1]]
          (BREAK:1)          | [["", 1], ["BREAK", -1], ["", 1]]
          """)
  void parse_workedExample_hasTheseWeights(String text, String pieces) throws IOException {
    assertPieces(Attention.parse(text), new ObjectMapper().readTree(pieces));
  }

  @Test
  void parse_longExample_hasTheseWeights() throws IOException {
    assertPieces(
        Attention.parse("a (((house:1.3)) [on] a (hill:0.5), sun, (((sky)))."),
        new ObjectMapper()
            .readTree(
                """
                [["a ", 1], ["house", 1.573], [" ", 1.1], ["on", 1.0], [" a ", 1.1],
                 ["hill", 0.55], [", sun, ", 1.1], ["sky", 1.4641], [".", 1.1]]
                """));
  }

  @Test
  void isBreak_breakInsideBrackets_isAWord() {
    assertThat(Attention.parse("a BREAK b (c BREAK d)"))
        .filteredOn(piece -> piece.text().equals("BREAK"))
        .extracting(WeightedText::isBreak)
        .containsExactly(true, false);
  }

  @Property
  void parse_anyText_neighboursDiffer(@ForAll String text) {
    assertNeighboursDiffer(text);
  }

  @Property
  void parse_textOfSyntax_neighboursDiffer(
      @ForAll @Chars({'(', ')', '[', ']', ':', '\\', '.', '1', '-', ' ', 'a'}) String text) {
    assertNeighboursDiffer(text);
    assertNeighboursDiffer(text.replace("a", " BREAK "));
  }

  private static void assertNeighboursDiffer(String text) {
    List<WeightedText> pieces = Attention.parse(text);

    assertThat(pieces).isNotEmpty();
    for (int i = 1; i < pieces.size(); i++) {
      assertThat(pieces.get(i - 1).weight() == pieces.get(i).weight()).isFalse();
    }
  }

  @Test
  void parse_nestedTooDeep_stopsCountingBrackets() {
    int depth = Attention.MAX_DEPTH;

    assertThat(Attention.parse("(".repeat(depth) + "a" + ")".repeat(depth)))
        .isEqualTo(Attention.parse("(".repeat(depth + 1) + "a" + ")".repeat(depth + 1)))
        .singleElement()
        .satisfies(
            piece -> assertThat(piece.weight()).isCloseTo(Math.pow(1.1, depth), within(1e30)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(", "[", ")", "(a", "(a)", "a)", "([", "(a[b", "(:1", ": ", "(a:2)", "\\", "BREAK "
      })
  @Timeout(600)
  void parse_longText_finishes(String part) {
    String text = part.repeat(100_000 / part.length());

    assertThat(Attention.parse(text)).isNotEmpty();
    assertThat(Attention.parse("(".repeat(50_000) + text)).isNotEmpty();
    assertThat(Attention.parse("(" + " ".repeat(100_000) + text)).isNotEmpty();
  }

  private static void assertPieces(List<WeightedText> pieces, JsonNode golden) {
    assertThat(pieces).hasSameSizeAs(golden);
    for (int i = 0; i < pieces.size(); i++) {
      double weight = golden.get(i).get(1).doubleValue();
      assertThat(pieces.get(i).text()).isEqualTo(golden.get(i).get(0).textValue());
      assertThat(pieces.get(i).weight())
          .isCloseTo(weight, within(RELATIVE_ERROR * Math.abs(weight)));
    }
  }
}
