package dev.sdlora.pipeline.wildcard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardPatternTest {
  /** The first eight cases are the examples in the extension's documentation. */
  @ParameterizedTest
  @CsvSource({
    "colors*, colors, true",
    "colors*, colors1, true",
    "colors*, nested/folder/colors1, true",
    "light/**/*, nested/folder/light/a, true",
    "light/**/*, nested/folder/light/b, true",
    "light/**/*, nested/folder/dark/a, false",
    "light/**/*, a, false",
    "colours[0-9], colours7, true",
    "colours*, colours/warm, true",
    "colours*, discolours, false",
    "colours/**, colours/warm/red, true",
    "light/**/a, light/a, true",
    "light/**/a, light/x/y/a, true",
    "light/**/a, light/xa, false",
    "*modifier, clothing/modifier, true",
    "**, a/b, true",
    "c?t, cat, true",
    "c?t, c/t, false",
    "c[!a]t, cut, true",
    "c[!a]t, cat, false",
    "c[!a]t, c/t, false",
    "c[z-a]t, cat, false",
    "c[a, c[a, true",
    "*a*b*, xxaxxbxx, true",
    "*ab, aab, true"
  })
  void matches_name_asGlobbing(String pattern, String name, boolean expected) {
    assertThat(new WildcardPattern(pattern).matches(name)).isEqualTo(expected);
  }

  @Test
  void matches_manyStarsOverLongName_ends() {
    assertThat(new WildcardPattern("*a".repeat(400) + "b").matches("a".repeat(4000))).isFalse();
  }
}
