package dev.sdlora.server.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every view, for everybody: light and dark, wide and narrow, and how much there is to load. */
interface ViewStories {
  int MOST_BYTES = 300_000;

  @ParameterizedTest
  @ValueSource(strings = {"draw", "gallery", "upscale", "train"})
  default void view_lightDarkAndNarrow_canBeUsed(String view, Studio studio) {
    canBeUsed(view, studio.open(view));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LoRA", "Image", "ControlNet", "X/Y grid"})
  default void tab_lightDarkAndNarrow_canBeUsed(String tab, Studio studio) {
    studio.open("draw").tab(tab).click();
    canBeUsed("draw-" + tab.replaceAll("\\W", "").toLowerCase(Locale.ROOT), studio);
  }

  private static void canBeUsed(String name, Studio studio) {
    assertThat(studio.in(ColorScheme.LIGHT).photograph(name + "-light").obstacles()).isEmpty();
    assertThat(studio.in(ColorScheme.DARK).photograph(name + "-dark").faintTexts()).isEmpty();
    assertThat(studio.wide(360).photograph(name + "-narrow").overhang()).isZero();
  }

  @Test
  default void page_allItsParts_under300KB(Studio studio) {
    List<Request> requests = new ArrayList<>();
    studio.page().onRequestFinished(requests::add);
    studio.open();
    List<Request> parts =
        requests.stream().filter(request -> !request.url().contains("/api/")).toList();
    int bytes = parts.stream().mapToInt(part -> part.sizes().responseBodySize).sum();
    assertThat(parts).anyMatch(part -> part.url().endsWith("main.js"));
    assertThat(bytes).isBetween(10_000, MOST_BYTES);
  }
}
