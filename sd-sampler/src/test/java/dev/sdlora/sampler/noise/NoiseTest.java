package dev.sdlora.sampler.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.sampling.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoiseTest {
  /** The 10,000th word for seed 5489, as required of std::mt19937 by the C++ standard. */
  @Test
  void mersenneTwister_defaultSeed_givesTheStandardsWord() {
    MersenneTwister twister = new MersenneTwister(5489);
    for (int i = 1; i < 10_000; i++) {
      twister.nextInt();
    }

    assertThat(Integer.toUnsignedLong(twister.nextInt())).isEqualTo(4_123_659_995L);
  }

  @Test
  void cpu_seedsWithEqualLowBits_areTheSame() {
    float[] unsigned = Noise.of(Rng.CPU, 0xFFFFFFFFL).next(20);

    assertThat(Noise.of(Rng.CPU, -1).next(20)).isEqualTo(unsigned);
  }

  @Test
  void nv_seedsWithEqualLowBits_differ() {
    float[] unsigned = Noise.of(Rng.NV, 0xFFFFFFFFL).next(20);

    assertThat(Noise.of(Rng.NV, -1).next(20)).isNotEqualTo(unsigned);
  }

  /** The second normal of a pair, kept for a short draw, survives a long draw in between. */
  @Test
  void cpu_longDrawBetweenShortOnes_keepsTheWaitingNumber() {
    float[] pair = Noise.of(Rng.CPU, 9).next(2);
    NoiseSource noise = Noise.of(Rng.CPU, 9);

    assertThat(noise.next(1)).containsExactly(pair[0]);
    assertThat(noise.next(16)).hasSize(16);
    assertThat(noise.next(1)).containsExactly(pair[1]);
  }

  @ParameterizedTest
  @EnumSource
  void next_zero_isEmpty(Rng rng) {
    assertThat(Noise.of(rng, 1).next(0)).isEmpty();
  }

  /** 2^20 numbers: mean and variance within five standard errors; a fixed seed, so never flaky. */
  @ParameterizedTest
  @EnumSource
  void next_manyNumbers_haveMean0AndVariance1(Rng rng) {
    int count = 1 << 20;
    float[] drawn = Noise.of(rng, -123_456_789_012L).next(count);
    double sum = 0;
    double squares = 0;
    for (float x : drawn) {
      sum += x;
      squares += (double) x * x;
    }

    assertThat(Math.abs(sum / count)).isLessThan(5 / Math.sqrt(count));
    assertThat(Math.abs(squares / count - 1)).isLessThan(5 * Math.sqrt(2.0 / count));
    assertThat(Arrays.equals(drawn, Noise.of(rng, 123_456_789_012L).next(count))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void next_negativeCount_isRefused(Rng rng) {
    NoiseSource noise = Noise.of(rng, 1);
    assertThatThrownBy(() -> noise.next(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the count of a draw must not be negative: -1");
  }
}
