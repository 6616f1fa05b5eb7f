package dev.sdlora.api.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditDistanceTest {

  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "prompt, prompt, 0",
    "'', seed, 4",
    "promt, prompt, 1",
    "sedd, seed, 1",
    "steps, step, 1",
    "kitten, sitting, 3",
    "flaw, lawn, 2",
    "sede, seed, 1",
    "ca, abc, 3"
  })
  void between_countsTheLettersThatChange_inBothDirections(String a, String b, int distance) {
    assertThat(EditDistance.between(a, b)).isEqualTo(distance);
    assertThat(EditDistance.between(b, a)).isEqualTo(distance);
  }
}
