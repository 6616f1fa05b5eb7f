package dev.sdlora.infotext.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that texts in images do not depend on the default locale. */
class InfotextLocaleTest {
  private final Locale before = Locale.getDefault();

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "ar-EG", "fa", "hi-u-nu-deva", "tr"})
  void number_inEveryLocale_isAscii(String tag) {
    Locale.setDefault(Locale.forLanguageTag(tag));
    assertThat(InfotextValues.number(1.5e-7)).isEqualTo("1.5e-07");
    assertThat(InfotextValues.number(-2.5e20)).isEqualTo("-2.5e+20");
    assertThat(InfotextValues.number(7)).isEqualTo("7");
  }
}
