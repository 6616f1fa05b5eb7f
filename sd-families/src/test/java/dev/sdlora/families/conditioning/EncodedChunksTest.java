package dev.sdlora.families.conditioning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.tokens.Chunks;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EncodedChunksTest {
  private static TokenChunk chunk(String prompt) {
    return Chunks.of(Attention.parse(prompt), ClipTokenizer.standard()).get(0).unweighted();
  }

  private static EncodedChunk made() {
    return new EncodedChunk(new float[] {1}, new float[0]);
  }

  @Test
  void find_otherWeightsOfWords_isTheSameChunk() {
    EncodedChunks chunks = new EncodedChunks();
    EncodedChunk states = made();
    chunks.keep(new EncodedChunks.Key(0, EncoderWeights.PLAIN, 1, chunk("a (cat:1.3)")), states);

    assertThat(chunks.find(new EncodedChunks.Key(0, EncoderWeights.PLAIN, 1, chunk("a cat"))))
        .containsSame(states);
    assertThat(chunks.find(new EncodedChunks.Key(0, EncoderWeights.PLAIN, 1, chunk("a dog"))))
        .isEmpty();
    assertThat(chunks.find(new EncodedChunks.Key(0, EncoderWeights.PLAIN, 2, chunk("a cat"))))
        .isEmpty();
    assertThat(chunks.find(new EncodedChunks.Key(1, EncoderWeights.PLAIN, 1, chunk("a cat"))))
        .isEmpty();
    assertThat(
            chunks.find(
                new EncodedChunks.Key(0, new EncoderWeights(Map.of(), true), 1, chunk("a cat"))))
        .isEmpty();
  }

  @Test
  void keep_moreThanItHolds_forgetsWhatWasNotAskedForTheLongest() {
    EncodedChunks chunks = new EncodedChunks();
    List<EncodedChunks.Key> keys =
        IntStream.range(0, EncodedChunks.MOST + 1)
            .mapToObj(i -> new EncodedChunks.Key(0, EncoderWeights.PLAIN, i, TokenChunk.EMPTY))
            .toList();
    keys.subList(0, EncodedChunks.MOST).forEach(key -> chunks.keep(key, made()));
    assertThat(chunks.find(keys.get(0))).isPresent();
    chunks.keep(keys.get(EncodedChunks.MOST), made());

    assertThat(chunks.size()).isEqualTo(EncodedChunks.MOST);
    assertThat(chunks.find(keys.get(0))).isPresent();
    assertThat(chunks.find(keys.get(1))).isEmpty();
  }

  @Test
  void keep_longTextsAfterShortOnes_staysWithinItsElements() {
    EncodedChunks chunks = new EncodedChunks();
    for (int i = 0; i < EncodedChunks.MOST; i++) {
      chunks.keep(new EncodedChunks.Key(0, EncoderWeights.PLAIN, i, TokenChunk.EMPTY), made());
    }
    EncodedChunk large =
        new EncodedChunk(new float[(int) (EncodedChunks.MOST_ELEMENTS / 4)], new float[0]);
    for (int i = 0; i < 6; i++) {
      chunks.keep(new EncodedChunks.Key(1, EncoderWeights.PLAIN, i, TokenChunk.EMPTY), large);
    }

    assertThat(chunks.size()).isEqualTo(4);
    assertThat(chunks.find(new EncodedChunks.Key(1, EncoderWeights.PLAIN, 5, TokenChunk.EMPTY)))
        .containsSame(large);
  }
}
