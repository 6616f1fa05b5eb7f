package dev.sdlora.server.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Nothing is lost when the page or its connection is closed. */
interface ConnectionStories {

  @Test
  default void reload_whileDrawing_findsTheJobAndTheRequest(Studio studio) {
    studio.open().prompt("a long way").drawForLong();
    assertThat(studio.progress()).isVisible();
    studio.page().reload();
    assertThat(studio.progress()).isVisible();
    assertThat(studio.field("Prompt")).hasValue("a long way");
    assertThat(studio.field("Sampling steps")).hasValue("150");
    studio.cancelAll();
    assertThat(studio.progress()).isHidden();
  }

  @Test
  default void connectionBreaks_whileDrawing_comesBackToThePicture(Studio studio) {
    studio.open().prompt("a green ring").steps(25).generate();
    assertThat(studio.page()).hasURL(Pattern.compile("#/draw/.+"));
    studio.offline(true).offline(false);
    assertThat(studio.image()).isVisible();
  }

  @Test
  default void serverAway_atTheBeginning_isToldAndTriedAgain(Studio studio) {
    studio.page().route("**/api/model", route -> route.abort());
    studio.page().navigate("/");
    assertThat(studio.page().getByRole(AriaRole.ALERT)).containsText("does not respond");
    studio.page().unroute("**/api/model");
    studio.button("Try again").click();
    assertThat(studio.button("Generate")).isVisible();
  }
}
