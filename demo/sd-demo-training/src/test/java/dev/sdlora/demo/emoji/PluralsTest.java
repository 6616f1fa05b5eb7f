package dev.sdlora.demo.emoji;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** More than one of a thing. */
final class PluralsTest {
  @ParameterizedTest
  @CsvSource({
    "cat, cats",
    "bus, buses",
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
    "maple leaf, maple leaves",
    "smiling face with sunglasses, smiling faces with sunglasses",
    "pile of poo, piles of poo"
  })
  void of_noun_lastWordChanges(String noun, String plural) {
    assertThat(Plurals.of(noun)).isEqualTo(plural);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cherries", "scissors", "running shoes", "mice", "pair of jeans", "hens"})
  void isPlural_severalThings(String noun) {
    assertThat(Plurals.isPlural(noun)).isEqualTo(!noun.startsWith("pair"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bus", "dress", "cat", "fish", "tennis", "face with tears", "rhinoceros"})
  void isPlural_oneThing_no(String noun) {
    assertThat(Plurals.isPlural(noun)).isFalse();
  }
}
