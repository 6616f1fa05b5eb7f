package dev.sdlora.server.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every view, for everybody: light and dark, wide and narrow. */
@InBrowser
class ViewsTest {

  @ParameterizedTest
  @ValueSource(strings = {"draw", "train"})
  void view_lightDarkAndNarrow_canBeUsed(String view, Studio studio) {
    studio.open(view);
    assertThat(studio.in(ColorScheme.LIGHT).photograph(view + "-light").obstacles()).isEmpty();
    assertThat(studio.in(ColorScheme.DARK).photograph(view + "-dark").obstacles()).isEmpty();
    assertThat(studio.wide(360).photograph(view + "-narrow").overhang()).isZero();
  }
}
