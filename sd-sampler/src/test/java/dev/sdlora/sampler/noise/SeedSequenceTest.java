package dev.sdlora.sampler.noise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Compares with numpy 2.4: {@code SeedSequence(entropy, spawn_key=…, pool_size=24)}. */
class SeedSequenceTest {
  @Test
  void firstWord_seedAlone_equalsNumpy() {
    assertThat(SeedSequence.firstWord(0)).isEqualTo(4025752534L);
    assertThat(SeedSequence.firstWord(Long.MIN_VALUE + 5)).isEqualTo(4057111437L); // 2^63 + 5
  }

  @Test
  void firstWord_spawnKey_equalsNumpy() {
    assertThat(SeedSequence.firstWord(42, 0, 0)).isEqualTo(2102017995L);
    assertThat(SeedSequence.firstWord(4294967295L, 5, 3)).isEqualTo(648340268L);
  }

  @Test
  void firstWord_numbersOfTwoWords_equalsNumpy() {
    assertThat(SeedSequence.firstWord(123456789012345L, 1, 1)).isEqualTo(3071340916L);
    assertThat(SeedSequence.firstWord(7, 5_000_000_000L, 33)).isEqualTo(3042288909L);
  }
}
