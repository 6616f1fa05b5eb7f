package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** More than one of a thing. */
final class PluralsTest {
  @ParameterizedTest
  @CsvSource({
    "cat, cats",
    "bus, bus",
    "box, boxes",
    "church, churches",
    "dish, dishes",
    "dress, dresses",
    "cherry, cherries",
    "key, keys",
    "mouse, mice",
    "wolf, wolves",
    "deer, deer",
    "tomato, tomatoes",
    "kangaroo, kangaroos",
    "glasses, glasses",
    "police car, police cars",
    "crystal ball, crystal balls",
    "maple leaf, maple leaves"
  })
  void of_noun_lastWordChanges(String noun, String plural) {
    assertThat(Plurals.of(noun)).isEqualTo(plural);
  }
}
