package dev.sdlora.api.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpeedOptionsTest {
  private static final double NO_LIMIT = Double.POSITIVE_INFINITY;

  @ParameterizedTest
  @CsvSource({
    "-0.1, 1, 0, 1",
    "0, 1.1, 0, 1",
    "0.5, 0.4, 0, 1",
    "NaN, 1, 0, 1",
    "0, NaN, 0, 1",
    "0, 1, -1, 1",
    "0, 1, 2, 1",
    "0, 1, NaN, 1",
    "0, 1, 0, NaN",
    "0, 1, Infinity, Infinity"
  })
  void guidanceRange_limitsOutOfRange_areRefused(
      double start, double end, double sigmaMin, double sigmaMax) {
    assertThatThrownBy(() -> new GuidanceRange(start, end, sigmaMin, sigmaMax))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(guidance (start|end)|(lowest|highest) guided sigma) must .*: .*");
  }

  /** A1111 skips guidance in a call if the share of the steps before it is at most the start. */
  @Test
  void contains_shareOfTheSteps_isAsInA1111() {
    GuidanceRange range = GuidanceRange.ofSteps(0.2, 0.6);
    assertThat(range.contains(0.2, 1)).isFalse();
    assertThat(range.contains(0.25, 1)).isTrue();
    assertThat(range.contains(0.6, 1)).isFalse();
    assertThat(GuidanceRange.ofSteps(0.01, 1).contains(0, 1)).isFalse();
    assertThat(GuidanceRange.ofSteps(0.01, 1).contains(1.5, 1)).isTrue();
    assertThat(GuidanceRange.ALL.contains(0, 1)).isTrue();
    assertThat(GuidanceRange.NONE.contains(0, 1)).isFalse();
  }

  @Test
  void contains_sigmas_includesBothLimits() {
    GuidanceRange range = GuidanceRange.ofSigmas(0.28, 5.42);
    assertThat(range.contains(0, 5.42)).isTrue();
    assertThat(range.contains(0, 5.43)).isFalse();
    assertThat(range.contains(0.9, 0.28)).isTrue();
    assertThat(range.contains(0.9, 0.27)).isFalse();
    assertThat(GuidanceRange.ofSigmas(1, NO_LIMIT).contains(0, 1e9)).isTrue();
  }

  @Test
  void and_twoRanges_isWhatTheyShare() {
    GuidanceRange steps = GuidanceRange.ofSteps(0.1, 0.8);
    assertThat(steps.and(GuidanceRange.ofSigmas(1, 2)))
        .isEqualTo(new GuidanceRange(0.1, 0.8, 1, 2));
    assertThat(steps.and(GuidanceRange.ALL)).isEqualTo(steps);
    assertThat(steps.and(GuidanceRange.ofSteps(0.9, 1))).isEqualTo(GuidanceRange.NONE);
    assertThat(GuidanceRange.ofSigmas(1, 2).and(GuidanceRange.ofSigmas(3, 4)))
        .isEqualTo(GuidanceRange.NONE);
  }
}
