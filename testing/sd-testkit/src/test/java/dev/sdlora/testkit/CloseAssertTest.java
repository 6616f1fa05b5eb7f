package dev.sdlora.testkit;

import static dev.sdlora.testkit.CloseAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloseAssertTest {
  @Test
  void assertClose_withinTolerance_passes() {
    assertClose(new double[] {1, 2.02, -3}, new double[] {1, 2, -3.01}, 0.01, 0.001);
  }

  @ParameterizedTest
  @CsvSource({"NaN, 1", "1, NaN", "NaN, NaN", "Infinity, 1", "1, Infinity", "Infinity, Infinity"})
  void assertClose_notFinite_fails(double actual, double expected) {
    assertThatThrownBy(
            () -> assertClose(new double[] {0, actual}, new double[] {0, expected}, 0.1, 0.1))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "element 1 of 2: expected %s but was %s".formatted(expected, actual));
  }

  @Test
  void assertClose_severalOff_namesTheWorst() {
    assertThatThrownBy(
            () -> assertClose(new double[] {1.5, 9, 3.5}, new double[] {1, 2, 3}, 0, 0.25))
        .hasMessage("element 1 of 3: expected 2.0 but was 9.0 (over tolerance by 6.75)");
  }

  @Test
  void assertClose_otherLength_fails() {
    assertThatThrownBy(() -> assertClose(new double[2], new double[3], 0, 0))
        .isInstanceOf(AssertionError.class);
  }
}
