package dev.sdlora.prompt.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.WeightedText;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunksTest {
  private static final ClipTokenizer TOKENIZER = ClipTokenizer.standard();
  private static final int A = 320;
  private static final int B = 321;
  private static final int BREAK = 2568;

  @Test
  void of_weightedText_padsAndKeepsWeights() {
    TokenChunk chunk = chunks("a (b:1.5)").get(0);

    assertThat(chunk.ids()).startsWith(ClipTokenizer.START, A, B, ClipTokenizer.END);
    assertThat(chunk.weights()).startsWith(1, 1, 1.5f, 1);
    assertThat(Arrays.stream(chunk.ids()).skip(3)).containsOnly(ClipTokenizer.END);
  }

  @Test
  void openClipIds_shortAndFullChunks_havePaddingOfZerosBehindOneEnd() {
    assertThat(chunks("a b").get(0).openClipIds())
        .startsWith(ClipTokenizer.START, A, B, ClipTokenizer.END, 0, 0)
        .endsWith(0, 0);
    TokenChunk full = chunks("a ".repeat(75)).get(0);
    assertThat(full.openClipIds()).isEqualTo(full.ids()).endsWith(A, ClipTokenizer.END);
    assertThat(TokenChunk.EMPTY.openClipIds())
        .startsWith(ClipTokenizer.START, ClipTokenizer.END, 0);
  }

  @Test
  void unweighted_chunk_keepsItsTokens() {
    assertThat(chunks("a (b:1.5)").get(0).unweighted()).isEqualTo(chunks("a b").get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "BREAK, 0",
    "a BREAK, 1",
    "BREAK a, 0 1",
    "a BREAK b, 1 1",
    "a BREAK BREAK b, 1 0 1"
  })
  void of_breaks_closeChunks(String prompt, String lengths) {
    assertThat(lengths(chunks(prompt))).isEqualTo(lengths);
  }

  @Test
  void of_breakInBrackets_isAWordOfNegativeWeight() {
    TokenChunk chunk = chunks("(a BREAK b)").get(0);

    assertThat(chunk.ids()).startsWith(ClipTokenizer.START, A, BREAK, B, ClipTokenizer.END);
    assertThat(chunk.weights()).startsWith(1, 1.1f, -1.1f, 1.1f, 1);
  }

  /** Letters before the comma, letters after it, the comma backtrack, the lengths of the chunks. */
  @ParameterizedTest
  @CsvSource({
    "54, 30, 20, 75 10",
    "55, 30, 20, 56 30",
    "74, 30, 20, 75 30",
    "75, 30, 20, 75 31",
    "55, 30, 0, 75 11",
    "55, 30, 19, 75 11",
    "0, 75, 74, 75 1",
    "1, 74, 74, 2 74",
    "55, 19, 20, 75",
    "60, 100, 20, 61 75 25"
  })
  void of_longText_endsChunkAfterANearComma(
      int before, int after, int commaBacktrack, String lengths) {
    String prompt = "a ".repeat(before) + ", " + "b ".repeat(after);

    assertThat(lengths(Chunks.of(Attention.parse(prompt), TOKENIZER, commaBacktrack)))
        .isEqualTo(lengths);
  }

  @Test
  void of_commaAtTheBorder_opensTheNextChunk() {
    assertThat(lengths(chunks("a ".repeat(60) + ", " + "a ".repeat(14) + ", b"))).isEqualTo("75 2");
  }

  @Test
  void of_movedTail_keepsItsWeights() {
    List<TokenChunk> chunks = chunks("a ".repeat(70) + ", (" + "b ".repeat(8) + ":2)");

    assertThat(lengths(chunks)).isEqualTo("71 8");
    assertThat(chunks.get(0).weights()).containsOnly(1);
    assertThat(chunks.get(1).weights()).startsWith(1, 2, 2, 2, 2, 2, 2, 2, 2, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 75})
  void of_backtrackOutOfRange_isRefused(int commaBacktrack) {
    assertThatThrownBy(() -> Chunks.of(Attention.parse("a"), TOKENIZER, commaBacktrack))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("commaBacktrack must be between 0 and 74: " + commaBacktrack);
  }

  @Property
  void of_anyPieces_keepsEveryTokenInOrder(
      @ForAll @Size(max = 300) List<@IntRange(max = 5) Integer> kinds,
      @ForAll @IntRange(max = 74) int commaBacktrack) {
    List<WeightedText> pieces =
        kinds.stream()
            .map(
                kind ->
                    switch (kind) {
                      case 0 -> new WeightedText("BREAK", -1);
                      case 1 -> new WeightedText(",", 2);
                      default -> new WeightedText("a b c", kind);
                    })
            .toList();

    List<TokenChunk> chunks = Chunks.of(pieces, TOKENIZER, commaBacktrack);

    assertThat(chunks).isNotEmpty().allSatisfy(ChunksTest::assertWellFormed);
    assertThat(chunks.stream().flatMapToInt(chunk -> text(chunk)))
        .containsExactlyElementsOf(
            pieces.stream()
                .filter(piece -> !piece.isBreak())
                .flatMap(piece -> Arrays.stream(TOKENIZER.encode(piece.text())).boxed())
                .toList());
  }

  private static void assertWellFormed(TokenChunk chunk) {
    assertThat(chunk.ids())
        .hasSize(TokenChunk.LENGTH)
        .startsWith(ClipTokenizer.START)
        .endsWith(ClipTokenizer.END);
    assertThat(chunk.weights()).hasSize(TokenChunk.LENGTH).startsWith(1).endsWith(1);
  }

  private static List<TokenChunk> chunks(String prompt) {
    return Chunks.of(Attention.parse(prompt), TOKENIZER);
  }

  private static String lengths(List<TokenChunk> chunks) {
    return String.join(" ", chunks.stream().map(chunk -> "" + text(chunk).count()).toList());
  }

  private static IntStream text(TokenChunk chunk) {
    return Arrays.stream(chunk.ids()).skip(1).takeWhile(id -> id != ClipTokenizer.END);
  }
}
