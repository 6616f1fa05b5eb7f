package dev.sdlora.api.grid;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OddAxesTest {
  /** Excludes NumberFormatException, which is an IllegalArgumentException, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "steps=2147483648",
        "steps=-9223372036854775808",
        "seed=99999999999999999999",
        "seed=1e999",
        "cfg=1e999",
        "cfg=-1e999",
        "lora:x=1e999",
        "denoising=1e400",
        "cfg=NaN",
        "size=8x9999999"
      })
  void parse_numbersThatAreTooLarge_areWrongArguments(String text) {
    assertThatThrownBy(() -> Axis.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .isNotInstanceOf(NumberFormatException.class);
  }

  @Test
  void values_notFinite_areRefused() {
    assertThatThrownBy(() -> Axis.cfgScales(7, Double.NaN))
        .hasMessage("the values of an axis must be finite: NaN");
    assertThatThrownBy(() -> Axis.loraStrengths("x", Double.POSITIVE_INFINITY))
        .hasMessage("the values of an axis must be finite: Infinity");
  }
}
