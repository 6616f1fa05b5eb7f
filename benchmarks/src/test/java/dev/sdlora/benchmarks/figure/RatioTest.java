package dev.sdlora.benchmarks.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatioTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0 %", "91.3 %", "104.0 %", "2.10 ×", "0.97 ×", "123.00 ×"})
  void parse_written_isWrittenAlike(String written) {
    assertThat(Ratio.parse(written)).hasToString(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "91", "91.3%", "x %", "-1.0 %", "1e3 ×", "91.3 % ", "NaN ×"})
  void parse_other_isRefused(String written) {
    assertThatThrownBy(() -> Ratio.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + written + "\"");
  }

  @Test
  void ratio_ofNoCeiling_isRefused() {
    assertThatThrownBy(() -> new Ratio(Double.NaN, true)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Ratio(1 / 0.0, true)).hasMessageContaining("Infinity");
  }

  @Test
  void gain_share_isBetterIfHigher() {
    assertThat(new Ratio(0.9, true).gain(new Ratio(0.75, true))).isCloseTo(0.2, within(1e-12));
    assertThat(new Ratio(0.9, true).meets(new Ratio(0.9, true))).isTrue();
    assertThat(new Ratio(0.8, true).meets(new Ratio(0.9, true))).isFalse();
  }

  @Test
  void gain_multiple_isBetterIfLower() {
    assertThat(new Ratio(2, false).gain(new Ratio(2.5, false))).isCloseTo(0.25, within(1e-12));
    assertThat(new Ratio(2, false).gain(new Ratio(1, false))).isCloseTo(-0.5, within(1e-12));
    assertThat(new Ratio(2, false).meets(new Ratio(2, false))).isTrue();
    assertThat(new Ratio(2.1, false).meets(new Ratio(2, false))).isFalse();
  }

  @Test
  void gain_ofNothing_isNone() {
    assertThat(new Ratio(0, true).gain(new Ratio(0, true))).isZero();
  }
}
