package dev.sdlora.training.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KroneckerSidesTest {
  /** Values of LyCORIS's {@code factorization}. */
  @ParameterizedTest
  @CsvSource({
    "127, -1, 1, 127", "128, -1, 8, 16", "128, 2, 2, 64", "128, 4, 4, 32", "128, 16, 8, 16",
    "250, -1, 10, 25", "250, 4, 2, 125", "250, 8, 5, 50", "360, -1, 18, 20", "360, 16, 15, 24",
    "512, 16, 16, 32", "1024, 16, 16, 64", "320, -1, 16, 20", "768, 8, 8, 96", "1, -1, 1, 1"
  })
  void of_sideAndFactor_dividesAsLycoris(long side, int factor, long outer, long inner) {
    assertThat(KroneckerSides.of(side, factor)).isEqualTo(new KroneckerSides(outer, inner));
  }

  @Test
  void of_anySide_isAProductWithTheSmallerFirst() {
    for (int side = 1; side <= 1000; side++) {
      for (int factor : new int[] {-1, 2, 3, 8, 16, 61}) {
        KroneckerSides sides = KroneckerSides.of(side, factor);
        assertThat(sides.outer() * sides.inner()).isEqualTo(side);
        assertThat(sides.outer()).isLessThanOrEqualTo(sides.inner());
      }
    }
  }
}
