package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The studio under a path of a proxy. */
interface PrefixStories {

  /** The studio fails if the page asks for anything outside the path. */
  @Test
  default void behindAProxyWithAPath_draws_andShowsAllViews(Stage stage) throws IOException {
    try (PrefixProxy proxy = new PrefixProxy(stage.uri())) {
      Studio studio = stage.visit(proxy.uri());
      studio.page().navigate(proxy.uri() + "/");
      studio.prompt("a blue heart").steps(2).generate();
      assertThat(studio.image()).isVisible();
      studio
          .page()
          .waitForFunction("() => [...document.images].some((image) => image.naturalWidth > 0)");
      studio.page().reload();
      assertThat(studio.field("Prompt")).hasValue("a blue heart");
      for (String view : new String[] {"gallery", "train", "upscale", "draw"}) {
        studio.page().navigate(proxy.uri() + "/#/" + view);
        assertThat(studio.page().locator("main > :visible").first()).isVisible();
      }
      assertThat(studio.page()).hasURL(Pattern.compile(".*/sd/#/draw.*"));
      studio.leave();
    }
  }
}
