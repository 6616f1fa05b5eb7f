package dev.sdlora.prompt.bytepairs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergesTest {

  @Test
  void join_equalRanks_joinsTheLeftmostFirst() {
    Merges merges = new Merges(2, new int[] {0, 2}, new int[] {0, 2});

    assertThat(BytePairs.join(new int[] {0, 0, 0}, merges)).containsExactly(2, 0);
    assertThat(BytePairs.join(new int[] {0, 0, 0, 0, 1}, merges)).containsExactly(3, 1);
    assertThat(BytePairs.join(new int[0], merges)).isEmpty();
  }

  @Test
  void parts_symbol_areItsBasicSymbols() {
    Merges merges = new Merges(2, new int[] {0, 2, 3}, new int[] {1, 0, 3});

    assertThat(merges.parts(1)).containsExactly(1);
    assertThat(merges.parts(4)).containsExactly(0, 1, 0, 0, 1, 0);
  }

  @Test
  void new_pairOfLaterSymbol_isRefused() {
    assertThatThrownBy(() -> new Merges(2, new int[] {0}, new int[] {2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pair 0 must be of symbols below 2");
  }

  @Test
  void add_sameNameTwice_isTheFirstSymbol() throws IOException {
    NamedMerges named = new NamedMerges(List.of("a", "b"), 0);

    assertThat(named.add("a", "a")).isEqualTo(2);
    assertThat(named.add("aa", "a")).isEqualTo(3);
    assertThat(named.add("a", "aa")).isEqualTo(3);
    assertThat(BytePairs.join(new int[] {0, 0, 0, 1}, named.toMerges())).containsExactly(3, 1);
  }

  @Test
  void alphabet_everyByte_hasItsPlaceAndName() {
    for (int b = 0; b < ByteAlphabet.SIZE; b++) {
      assertThat(ByteAlphabet.byteAt(ByteAlphabet.indexOf((byte) b))).isEqualTo((byte) b);
    }
    assertThat(ByteAlphabet.nameAt(ByteAlphabet.indexOf((byte) ' '))).isEqualTo('\u0120');
    assertThat(ByteAlphabet.nameAt(ByteAlphabet.indexOf((byte) '\n'))).isEqualTo('\u010a');
    assertThat(ByteAlphabet.indexOf((byte) '!')).isZero();
    assertThat(ByteAlphabet.nameAt(255)).isEqualTo('\u0143');
  }
}
